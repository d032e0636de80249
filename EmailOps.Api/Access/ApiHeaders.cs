using Microsoft.Net.Http.Headers;

namespace EmailOps.Api.Access;

/// <summary>What every answer tells a browser that came here by mistake or was led here: nothing of it is a page, and nothing is kept.</summary>
internal static class ApiHeaders
{
    /// <summary>Also for the HTML of mails, which is served as it came: no script, no form, no request to anywhere.</summary>
    private const string Policy = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    public static void UseApiHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment, because the error handler clears what was set before it.
        context.Response.OnStarting(static state => Apply((HttpResponse)state), context.Response);
        return next(context);
    });

    private static Task Apply(HttpResponse response)
    {
        var headers = response.Headers;
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, Policy);
        headers[HeaderNames.XFrameOptions] = "DENY";
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
