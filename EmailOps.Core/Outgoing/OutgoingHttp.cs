using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using EmailOps.Core.LanguageModels;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Outgoing;

/// <summary>
/// Calls addresses that operators entered, and cannot be talked into calling the inside of the house: what a name stands for is checked as the connection is
/// made, and that very address is connected to. No redirects, no cookies, no proxy, no connection used twice; size and time are bounded; nothing is asked again by itself.
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    private readonly OutgoingOptions _options;
    private readonly AllowList _allow;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutgoingHttp> _log;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly HttpClient _http;

    public OutgoingHttp(OutgoingOptions options, TimeProvider clock, ILogger<OutgoingHttp> log) : this(options, clock, log, (host, cancel) => Dns.GetHostAddressesAsync(host, cancel)) { }

    /// <param name="lookUp">What a name stands for.</param>
    internal OutgoingHttp(OutgoingOptions options, TimeProvider clock, ILogger<OutgoingHttp> log, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
    {
        (_options, _allow, _clock, _log, _lookUp) = (options, new AllowList(options.Allow), clock, log, lookUp);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // No spans of these calls: they would carry the address, and with it the secret in a webhook's path.
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = options.ConnectPatience,
            MaxResponseHeadersLength = 64,
            // A connection that is used again may break just as a request is on its way, and the handler would then send it twice.
            PooledConnectionLifetime = TimeSpan.Zero,
            UseCookies = false,
            UseProxy = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether an address may be called at all, by what is written in it; what its name stands for is seen when it is called.</summary>
    /// <returns>Null, or a sentence for whoever entered it.</returns>
    public string? Problem(string? address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || address.Length > 2000 || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.Host.Length == 0)
            return "Write an address that begins with https://, of 2,000 characters at most.";
        return Problem(uri);
    }

    private string? Problem(Uri uri)
    {
        if (uri.UserInfo.Length > 0) return "An address must not hold a name or password before its host.";
        var isNumber = IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address);
        var isAllowed = _allow.HasHost(uri.IdnHost) || (isNumber && _allow.HasAddress(address!));
        if (isNumber && !isAllowed && !PublicAddress.Is(address!)) return Inside(uri.IdnHost);
        // Without TLS anybody on the way reads the secret; a network of the house may be trusted by name or number.
        return uri.Scheme == Uri.UriSchemeHttps || isAllowed ? null : $"{uri.IdnHost} would be called without encryption (http). Use https, or name the host in OUTGOING_ALLOW.";
    }

    /// <exception cref="OperationCanceledException">Only when the caller cancels.</exception>
    public async Task<OutgoingAnswer> SendAsync(OutgoingRequest request, CancellationToken cancel)
    {
        var host = request.Address.IsAbsoluteUri ? request.Address.IdnHost : "";
        if (Problem(request.Address.OriginalString) is { } problem) return Refused(problem);
        if (request.Body?.Length > _options.MaxRequestBytes) return Refused($"{host} would be sent {request.Body.Length:N0} bytes; {_options.MaxRequestBytes:N0} are allowed (Outgoing:MaxRequestBytes).");
        using var message = Message(request);
        using var enough = new CancellationTokenSource(_options.Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, enough.Token);
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response, either.Token);
            var status = (int)response.StatusCode;
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? ModelHttp.RetryAfter(values.FirstOrDefault(), _clock) : null;
            OutgoingLog.Called(_log, host, response.IsSuccessStatusCode ? OutgoingResult.Done : OutgoingResult.Answered, status);
            return response.IsSuccessStatusCode ? new OutgoingAnswer(OutgoingResult.Done, status, body, retryAfter, null) : new OutgoingAnswer(OutgoingResult.Answered, status, body, retryAfter, Said(host, status, response.Headers));
        }
        catch (HttpRequestException failure) when (failure.InnerException is RefusedAddressException refused)
        {
            return Refused(refused.Message);
        }
        catch (HttpRequestException failure)
        {
            return ModelHttp.NeverConnected(failure)
                ? Failed(OutgoingResult.Unreachable, host, $"{host} cannot be reached: {Reason(failure)}")
                : Failed(OutgoingResult.Lost, host, $"The connection to {host} broke before it answered; it may have arrived.");
        }
        catch (IOException)
        {
            return Failed(OutgoingResult.Lost, host, $"The connection to {host} broke before it answered; it may have arrived.");
        }
        catch (OperationCanceledException failure) when (!cancel.IsCancellationRequested)
        {
            return failure.InnerException is TimeoutException && !enough.IsCancellationRequested
                ? Failed(OutgoingResult.Unreachable, host, $"{host} did not accept a connection within {_options.ConnectPatience.TotalSeconds:0.#} s.")
                : Failed(OutgoingResult.Lost, host, $"{host} did not answer within {_options.Patience.TotalSeconds:0.#} s; it may have arrived.");
        }
    }

    private HttpRequestMessage Message(OutgoingRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Address) { Version = HttpVersion.Version11 };
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("EmailOps", "1"));
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        var body = request.Body ?? [];
        if (request.SigningSecret is { Length: > 0 } secret)
            foreach (var (name, value) in WebhookSignature.Headers(secret, request.Id ?? Guid.NewGuid().ToString("N"), _clock.GetUtcNow(), body)) message.Headers.TryAddWithoutValidation(name, value);
        if (request.Body is null) return message;
        message.Content = new ByteArrayContent(body);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        return message;
    }

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var buffer = new byte[Math.Min(_options.MaxAnswerBytes, response.Content.Headers.ContentLength ?? _options.MaxAnswerBytes)];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host.Trim('[', ']'), out var number) ? [number] : await _lookUp(host, cancel);
        var open = _allow.HasHost(host) ? found : [.. found.Where(a => PublicAddress.Is(a) || _allow.HasAddress(a))];
        if (open.Length == 0) throw found.Length == 0 ? new SocketException((int)SocketError.HostNotFound) : new RefusedAddressException(Inside(host));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private OutgoingAnswer Refused(string problem)
    {
        OutgoingLog.Refused(_log, problem);
        return new OutgoingAnswer(OutgoingResult.Refused, 0, "", null, problem);
    }

    private OutgoingAnswer Failed(OutgoingResult result, string host, string problem)
    {
        OutgoingLog.Called(_log, host, result, 0);
        return new OutgoingAnswer(result, 0, "", null, problem);
    }

    private static string Said(string host, int status, HttpResponseHeaders headers) => status is >= 300 and < 400
        ? $"{host} sends elsewhere ({status}{(headers.Location is { IsAbsoluteUri: true } to ? $" to {to.IdnHost}" : "")}); nobody follows. Enter the final address."
        : $"{host} answered {status}.";

    private static string Inside(string host) => $"{host} stands for an address inside the house (private, this machine's own, or a cloud's metadata) and is not called. If it should be, name it in OUTGOING_ALLOW.";

    private static string Reason(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known.",
        HttpRequestError.SecureConnectionError => "TLS failed, its certificate may not be trusted here or not be for this name.",
        _ when failure.InnerException is SocketException socket => socket.SocketErrorCode switch { SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name is not known.", SocketError.ConnectionRefused => "nothing listens there.", var other => $"{other}." },
        _ => "no connection could be made.",
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Every address of the host lies inside.</summary>
    private sealed class RefusedAddressException(string message) : IOException(message);
}
