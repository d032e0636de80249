using System.Threading.RateLimiting;
using EmailOps.Core.Telemetry;

namespace EmailOps.Api.Access;

/// <summary>Counts what was refused (401, 403, 429) and writes who asked for what into the log, for the review of accesses. A flood is counted whole and logged in part.</summary>
internal sealed partial class Refusals(RequestDelegate next, ILogger<Refusals> log) : IDisposable
{
    private const int LinesAMinute = 120;
    private readonly TokenBucketRateLimiter _lines = new(new() { TokenLimit = LinesAMinute, TokensPerPeriod = LinesAMinute / 60, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true });

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        var status = context.Response.StatusCode;
        if (status is not (401 or 403 or 429)) return;
        EmailOpsTelemetry.Refused(status);
        using var line = _lines.AttemptAcquire();
        // The route, not the path: what strangers put there is theirs.
        if (line.IsAcquired) Refused(log, status, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route", context.User.Identity?.Name ?? "a stranger", context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
    }

    public void Dispose() => _lines.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused with {Status}: {Method} {Route} asked by {Caller} from {Address}")]
    private static partial void Refused(ILogger log, int status, string method, string route, string caller, string address);
}
