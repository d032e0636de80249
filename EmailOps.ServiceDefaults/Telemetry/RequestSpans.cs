using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>
/// Names the spans of requests by OpenTelemetry's conventions: "POST /drafts/{id}/approve", with route and status. ASP.NET Core itself fills in what is known
/// when a request begins; the package that does the rest is missing in the embedded topology.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, handle) =>
        {
            try
            {
                await handle(context);
            }
            finally
            {
                Name(context);
            }
        });
        next(app);
    };

    private static void Name(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span) return;
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        if (route is not null) span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError) span.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
    }
}
