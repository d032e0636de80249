using System.Net;
using System.Net.Http.Headers;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Connections to Microsoft: no redirects (they would carry the token elsewhere), no cookies, answers and times bounded.</summary>
internal sealed class GraphHttp(Microsoft365Options options, TimeProvider clock) : IDisposable
{
    private readonly ModelHttp _http = new(options.MaxAnswerBytes);

    /// <summary>Graph in somebody's name.</summary>
    /// <param name="name">For keeping clients apart; no secret.</param>
    public GraphAccess Access(string name, TokenSource token) => new(name, async (operation, make, maxBytes, cancel) =>
    {
        var access = await TokenAsync(token, null, cancel);
        var answer = await OnceAsync(access);
        return answer.Status == (int)HttpStatusCode.Unauthorized ? await OnceAsync(await TokenAsync(token, access, cancel)) : answer;

        async Task<GraphAnswer> OnceAsync(string value)
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", value);
            var began = clock.GetTimestamp();
            var outcome = "lost";
            try
            {
                var got = await SendAsync(request, maxBytes, cancel);
                outcome = got.Status switch { < 400 => "ok", 429 => "limited", >= 500 => "lost", _ => "refused" };
                return got;
            }
            finally
            {
                ProviderTelemetry.Answered(GraphTelemetry.Provider, operation, clock.GetElapsedTime(began), outcome);
            }
        }
    }, cancel => TokenAsync(token, null, cancel));

    private static async Task<string> TokenAsync(TokenSource token, string? refused, CancellationToken cancel)
    {
        try
        {
            return await token(refused, cancel);
        }
        catch (RemoteException none)
        {
            throw none.Graph();
        }
    }

    /// <returns>The whole answer, whatever its status.</returns>
    /// <exception cref="GraphException">Not reached, broken off, too slow or too long.</exception>
    public async Task<GraphAnswer> SendAsync(HttpRequestMessage request, long maxBytes, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var host = request.RequestUri!.Authority;
        request.Options.Set(ModelHttp.Limit, maxBytes);
        try
        {
            using var response = await _http.For(request.RequestUri).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            return new GraphAnswer((int)response.StatusCode, body, ModelHttp.RetryAfter(Header(response, "Retry-After"), clock), Header(response, "request-id"));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Unanswered, $"{host} did not answer within {options.Patience.TotalSeconds:0.#} s.");
        }
        catch (AnswerTooLargeException large)
        {
            throw new GraphException(GraphFailure.TooLarge, $"{host}: {large.Message}", large);
        }
        catch (HttpRequestException failure) when (ModelHttp.NeverConnected(failure))
        {
            throw new GraphException(GraphFailure.Unreachable, $"{host} cannot be reached: {GraphErrors.Printable(failure.Message)}", failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw failure.InnerException is AnswerTooLargeException large
                ? new GraphException(GraphFailure.TooLarge, $"{host}: {large.Message}", large)
                : new GraphException(GraphFailure.Unanswered, $"The answer of {host} broke off.", failure);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public void Dispose() => _http.Dispose();
}
