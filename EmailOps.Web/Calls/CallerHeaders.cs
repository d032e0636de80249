using EmailOps.Web.SignIn;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.Calls;

/// <summary>
/// Says to the Api who asks. For a person that is the key of the person's session and nothing else, so that whatever a form makes the console ask,
/// it is allowed what its person is. The console's own key goes only with what lets people in.
/// </summary>
internal sealed class CallerHeaders(IHttpContextAccessor accessor, IOptions<WebOptions> options) : DelegatingHandler
{
    /// <summary>Asks as the console, not as whoever is signed in.</summary>
    public static readonly HttpRequestOptionsKey<bool> AsConsole = new("EmailOps.AsConsole");

    /// <summary>Asks in this session, while it is not yet known whether it is one.</summary>
    public static readonly HttpRequestOptionsKey<string> InSession = new("EmailOps.InSession");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var person = accessor.HttpContext?.User is { Identity.IsAuthenticated: true } user && !request.Options.TryGetValue(AsConsole, out _) ? user : null;
        var session = request.Options.TryGetValue(InSession, out var named) ? named : person is null ? "" : OperatorSession.Token(person);
        Set(request, "Authorization", session.Length > 0 ? $"Bearer {session}" : "");
        Set(request, "X-Api-Key", session.Length > 0 || person is not null ? "" : options.Value.ApiKey);
        // For logs on the way; the Api goes by the session.
        Set(request, "X-Operator", person?.Identity?.Name ?? "");
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
