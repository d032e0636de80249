using System.Globalization;
using System.Net;

namespace EmailOps.Core.LanguageModels;

/// <summary>Calls to model servers: no redirects (they would carry the question elsewhere), bounded answers, no limit of time but the caller's.</summary>
internal sealed class ModelHttp : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    /// <summary>Another limit than the usual one for this request, in bytes.</summary>
    public static HttpRequestOptionsKey<long> Limit { get; } = new("emailops.limit");
    private readonly BoundedAnswers _nearWay;
    private readonly BoundedAnswers _farWay;
    private readonly HttpClient _near;
    private readonly HttpClient _far;

    /// <param name="maxAnswerBytes">Of one answer, in bytes.</param>
    public ModelHttp(int maxAnswerBytes)
    {
        (_nearWay, _farWay) = (Make(maxAnswerBytes, useProxy: false), Make(maxAnswerBytes, useProxy: true));
        (_near, _far) = (Over(_nearWay), Over(_farWay));
    }

    /// <summary>Servers in the house are asked directly, whatever proxy the environment names.</summary>
    public HttpClient For(Uri endpoint) => ProviderPlace.IsNear(endpoint) ? _near : _far;

    /// <summary>The same connections for somebody else's client: with the server as base address, and a handler of ours between.</summary>
    public HttpClient Behind(Uri endpoint, Func<HttpMessageHandler, HttpMessageHandler> between)
    {
        var http = Over(between(ProviderPlace.IsNear(endpoint) ? _nearWay : _farWay));
        http.BaseAddress = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
        return http;
    }

    private static HttpClient Over(HttpMessageHandler way) => new(way, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private static BoundedAnswers Make(int maxAnswerBytes, bool useProxy) => new(maxAnswerBytes, new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectPatience,
        MaxResponseHeadersLength = 64,
        // Names may come to stand for other machines.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
        UseProxy = useProxy,
    });

    /// <summary>What a status code means, for both protocols.</summary>
    public static ModelFailure ReasonOf(int status) => status switch
    {
        401 or 403 => ModelFailure.Refused,
        404 => ModelFailure.ModelMissing,
        408 => ModelFailure.TimedOut,
        429 => ModelFailure.RateLimited,
        >= 500 => ModelFailure.ServerError,
        >= 400 => ModelFailure.BadQuestion,
        // What is neither an answer nor an error of the protocol: a proxy, a sign-in page.
        _ => ModelFailure.BadAnswer,
    };

    /// <summary>Nothing of the question got there; else the connection broke on the way, and it may have been answered.</summary>
    public static bool NeverConnected(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>Seconds or a date (RFC 9110, section 10.2.3); null when there is none or it cannot be read.</summary>
    public static TimeSpan? RetryAfter(string? value, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        TimeSpan wait;
        // Some servers send fractions of a second.
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds));
        else if (DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)) wait = until - clock.GetUtcNow();
        else return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _nearWay.Dispose();
        _farWay.Dispose();
    }
}

/// <summary>An answer is longer than it may be.</summary>
internal sealed class AnswerTooLargeException(long limit) : IOException($"The answer has more than {limit:N0} bytes.");

/// <summary>Ends an answer that grows beyond its limit, whether it says how long it is or not.</summary>
internal sealed class BoundedAnswers(long limit, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var most = request.Options.TryGetValue(ModelHttp.Limit, out var other) ? other : limit;
        var bounded = new StreamContent(new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken), most));
        foreach (var header in response.Content.Headers) bounded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = bounded;
        return response;
    }

    private sealed class BoundedStream(Stream inner, long limit) : Stream
    {
        private long _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        private int Count(int read) => (_read += read) > limit ? throw new AnswerTooLargeException(limit) : read;

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _read; set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
