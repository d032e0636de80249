using Microsoft.Extensions.Options;

namespace EmailOps.Web.Calls;

/// <summary>Says to the Api who asks: the console by its key, the operator by name (for the audit).</summary>
internal sealed class CallerHeaders(IHttpContextAccessor accessor, IOptions<WebOptions> options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.Value.ApiKey.Length > 0)
            request.Headers.TryAddWithoutValidation("X-Api-Key", options.Value.ApiKey);
        if (accessor.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name })
            request.Headers.TryAddWithoutValidation("X-Operator", name);
        return base.SendAsync(request, cancellationToken);
    }
}
