using System.Text.Json;

namespace EmailOps.Tests.Gmail.StandIn;

/// <summary>An answer of Gmail's API, alone or as a part of a batch.</summary>
internal sealed record StandInAnswer(int Status, object Body, int? RetryAfter = null)
{
    public string Json => JsonSerializer.Serialize(Body);

    /// <summary>An error as Google writes it.</summary>
    public static StandInAnswer Error(int status, string reason, string message, int? retryAfter = null) => new(status, new
    {
        error = new { code = status, message, errors = new[] { new { message, domain = status is 403 or 429 ? "usageLimits" : "global", reason } }, status = status == 429 ? "RESOURCE_EXHAUSTED" : "FAILED" },
    }, retryAfter);

    public static StandInAnswer NotFound => Error(404, "notFound", "Requested entity was not found.");
    public static StandInAnswer TooMany(int? retryAfter = null) => Error(429, "rateLimitExceeded", "Too many concurrent requests for user.", retryAfter);
    /// <summary>The same limit in its older form.</summary>
    public static StandInAnswer UserLimit => Error(403, "userRateLimitExceeded", "User Rate Limit Exceeded");
    public static StandInAnswer Backend => Error(503, "backendError", "Backend Error");
}
