using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Web.Security;

/// <summary>What every answer of the console tells the browser to refuse.</summary>
internal static class SecurityHeaders
{
    /// <summary>Only our own files; nothing inline, nothing from elsewhere. Frames are for mail HTML, which comes with <see cref="MailPolicy"/>.</summary>
    public const string ConsolePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For HTML that strangers wrote: no script, no form, no request to anywhere; images only from the message itself.</summary>
    public const string MailPolicy =
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment, because the error handler clears what was set before it.
        context.Response.OnStarting(static state => Apply((HttpResponse)state), context.Response);
        return next(context);
    });

    private static Task Apply(HttpResponse response)
    {
        var headers = response.Headers;
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, ConsolePolicy);
        headers.TryAdd(HeaderNames.XFrameOptions, "DENY");
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        // same-origin rather than no-referrer: the latter makes browsers send "Origin: null" with our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["X-DNS-Prefetch-Control"] = "off";
        // People come over TLS: they always shall. Of no effect where the browser did not.
        if (response.HttpContext.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true)
            headers.StrictTransportSecurity = "max-age=31536000";
        // Mail stays out of every cache, also after signing out. Only the versioned assets say otherwise.
        if (!headers.CacheControl.ToString().StartsWith("public", StringComparison.Ordinal))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
