using System.Net;
using Microsoft.Extensions.Configuration;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace EmailOps.ServiceDefaults.Calls;

/// <summary>
/// For calls to our own services (<c>http://api/...</c>): puts the real address in place of the name, and asks again when the service
/// is just starting or busy. Only GET and HEAD are asked again: whoever writes decides for itself. Calls elsewhere pass untouched.
/// </summary>
internal sealed class ServiceCallHandler(IConfiguration configuration) : DelegatingHandler
{
    /// <summary>A page waits for no answer longer than a person would.</summary>
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(15);

    private static readonly ResiliencePipeline<HttpResponseMessage> Reading = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(150),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .Handle<TimeoutRejectedException>()
                .HandleResult(response => response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout),
            OnRetry = retry =>
            {
                retry.Outcome.Result?.Dispose();
                return default;
            },
        })
        .AddTimeout(AttemptTimeout)
        .Build();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } asked || ServiceAddress.Find(configuration, asked.Host) is not { } service)
            return await base.SendAsync(request, cancellationToken);

        request.RequestUri = new UriBuilder(asked) { Scheme = service.Scheme, Host = service.Host, Port = service.Port }.Uri;
        // A stream of events has no end to wait for.
        var streams = request.Headers.Accept.Any(accept => accept.MediaType == "text/event-stream");
        if (streams || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head))
            return await base.SendAsync(request, cancellationToken);
        return await Reading.ExecuteAsync(async cancel => await base.SendAsync(request, cancel), cancellationToken);
    }
}
