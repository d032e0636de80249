using System.Net;
using EmailOps.Core.LanguageModels;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Connections to Microsoft: no redirects (they would carry the token elsewhere), no cookies, answers and times bounded by whoever asks.</summary>
internal sealed class GraphHttp : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = ConnectPatience,
        MaxResponseHeadersLength = 64,
        // Names may come to stand for other machines.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <returns>Status, headers, and the whole body.</returns>
    /// <exception cref="GraphException">Not reached, broken off, too slow or too long; error statuses are the caller's.</exception>
    public async Task<GraphAnswer> SendAsync(HttpRequestMessage request, long maxBytes, TimeSpan patience, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var host = request.RequestUri!.Authority;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await ReadAsync(response.Content, maxBytes, host, both.Token);
            return new GraphAnswer((int)response.StatusCode, response, body);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Unanswered, $"{host} did not answer within {patience.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException failure) when (ModelHttp.NeverConnected(failure))
        {
            throw new GraphException(GraphFailure.Unreachable, $"{host} cannot be reached: {GraphErrors.Printable(failure.Message)}", failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new GraphException(GraphFailure.Unanswered, $"The answer of {host} broke off.", failure);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, long maxBytes, string host, CancellationToken cancel)
    {
        if (content.Headers.ContentLength > maxBytes) throw TooLarge(host, maxBytes);
        await using var stream = await content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream((int)Math.Min(content.Headers.ContentLength ?? 4096, 1024 * 1024));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            if (body.Length + read > maxBytes) throw TooLarge(host, maxBytes);
            body.Write(buffer, 0, read);
        }
        return body.Length == body.Capacity ? body.GetBuffer() : body.ToArray();
    }

    private static GraphException TooLarge(string host, long limit) => new(GraphFailure.TooLarge, $"The answer of {host} has more than {limit:N0} bytes.");

    public void Dispose() => _http.Dispose();
}

/// <param name="Response">For its headers only: the body has been read.</param>
internal sealed record GraphAnswer(int Status, HttpResponseMessage Response, byte[] Body)
{
    public bool IsGood => Status is >= 200 and < 300;
}
