using EmailOps.Core.Contracts;
using EmailOps.Core.Telemetry;

namespace EmailOps.Api.Analytics;

/// <summary>Counts what was answered and how long it took, for availability. Probes, scrapes and streams that stay open are nobody's request.</summary>
internal static class RequestCounting
{
    private static readonly string[] s_leftOut = ["/health", "/alive", "/metrics", Routes.Events];

    public static void UseRequestCounting(this WebApplication app)
    {
        var (tally, clock) = (app.Services.GetRequiredService<RequestTally>(), app.Services.GetRequiredService<TimeProvider>());
        app.Use(async (context, next) =>
        {
            var began = clock.GetTimestamp();
            await next(context);
            if (!s_leftOut.Contains(context.Request.Path.Value, StringComparer.Ordinal)) tally.Count(context.Response.StatusCode >= 500, clock.GetElapsedTime(began));
        });
    }
}
