using Microsoft.Extensions.Options;

namespace EmailOps.Web.Calls;

/// <summary>Says to the Api who asks: the console by its key, the operator by name (for the audit).</summary>
internal sealed class CallerHeaders(IHttpContextAccessor accessor, IOptions<WebOptions> options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Set(request, "X-Api-Key", options.Value.ApiKey);
        Set(request, "X-Operator", accessor.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "");
        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>Replaces, because a repeated attempt comes through here again with the same request.</summary>
    private static void Set(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        if (value.Length > 0)
            request.Headers.TryAddWithoutValidation(header, value);
    }
}
