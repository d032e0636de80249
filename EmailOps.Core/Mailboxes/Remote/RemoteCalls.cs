using System.Net;
using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Remote;

/// <param name="RetryAfter">What the provider asked for; null when nothing.</param>
internal sealed record RemoteAnswer(int Status, byte[] Body, string? ContentType, TimeSpan? RetryAfter)
{
    public bool IsOk => Status is >= 200 and < 300;
}

/// <summary>
/// Requests of one mailbox to its provider: behind the provider's breaker, with a token that is renewed once when it is refused, within a limit of time and
/// of size, measured. What an answer means beyond its status is the provider's business.
/// </summary>
internal sealed class RemoteCalls(MailboxProvider provider, ModelHttp http, TokenSource token, ProviderBreakers breakers, TimeSpan patience, TimeProvider clock)
{
    private readonly string _name = ProviderBreakers.Name(provider);
    private long _bytes;

    public long BytesRead => Interlocked.Read(ref _bytes);

    /// <param name="operation">From a closed list, for metrics.</param>
    /// <param name="make">Called again when the token had to be renewed.</param>
    /// <param name="maxBytes">Of the answer.</param>
    public async Task<RemoteAnswer> SendAsync(string operation, Func<HttpRequestMessage> make, long maxBytes, CancellationToken cancel)
    {
        var access = await token(null, cancel);
        var answer = await OnceAsync(operation, make, access, maxBytes, cancel);
        if (answer.Status != (int)HttpStatusCode.Unauthorized) return answer;
        return await OnceAsync(operation, make, await token(access, cancel), maxBytes, cancel);
    }

    private async Task<RemoteAnswer> OnceAsync(string operation, Func<HttpRequestMessage> make, string access, long maxBytes, CancellationToken cancel)
    {
        await breakers.EnterAsync(provider, patience, cancel);
        using var limit = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = make();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        request.Options.Set(ModelHttp.Limit, maxBytes);
        var (began, host) = (clock.GetTimestamp(), request.RequestUri!.Host);
        try
        {
            using var response = await http.For(request.RequestUri).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            Interlocked.Add(ref _bytes, body.Length + 1);
            var answer = new RemoteAnswer((int)response.StatusCode, body, response.Content.Headers.ContentType?.ToString(), ModelHttp.RetryAfter(response.Headers.RetryAfter?.ToString(), clock));
            ProviderTelemetry.Answered(_name, operation, clock.GetElapsedTime(began), Outcome(answer.Status));
            if (answer.Status >= 500) await breakers.FailedAsync(provider, $"{host} answered with status {answer.Status}.", cancel);
            else await breakers.SucceededAsync(provider, cancel);
            return answer;
        }
        catch (Exception failure) when (failure is HttpRequestException or AnswerTooLargeException or IOException)
        {
            ProviderTelemetry.Answered(_name, operation, clock.GetElapsedTime(began), "lost");
            if ((failure as AnswerTooLargeException ?? failure.InnerException as AnswerTooLargeException) is { } large) throw new RemoteException(RemoteFailure.Refused, $"{host}: {large.Message}", failure) { MayHaveArrived = true };
            await breakers.FailedAsync(provider, $"{host} cannot be reached: {failure.Message}", cancel);
            throw new RemoteException(RemoteFailure.Unreachable, $"{host} cannot be reached: {failure.Message}", failure) { MayHaveArrived = failure is not HttpRequestException http || !ModelHttp.NeverConnected(http) };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            ProviderTelemetry.Answered(_name, operation, clock.GetElapsedTime(began), "lost");
            await breakers.FailedAsync(provider, $"{host} did not answer within {patience.TotalSeconds:0} s.", cancel);
            throw new RemoteException(RemoteFailure.Unreachable, $"{host} did not answer within {patience.TotalSeconds:0} s.") { MayHaveArrived = true };
        }
    }

    private static string Outcome(int status) => status switch { < 400 => "ok", 429 => "limited", >= 500 => "lost", _ => "refused" };
}
