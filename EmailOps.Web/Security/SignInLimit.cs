using System.Globalization;
using System.Threading.RateLimiting;
using EmailOps.Web.Layout;

namespace EmailOps.Web.Security;

/// <summary>How often one address may try to get in. The Api counts too, for all consoles and by name; this keeps guesses from reaching it.</summary>
internal static class SignInLimit
{
    public const string Policy = "sign-in";
    private const int Most = 30;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void AddSignInLimit(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.AddPolicy(Policy, context => RateLimitPartition.GetSlidingWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new SlidingWindowRateLimiterOptions { PermitLimit = Most, Window = Window, SegmentsPerWindow = 6, QueueLimit = 0 }));
        limits.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = (Window.TotalSeconds / 6).ToString(CultureInfo.InvariantCulture);
            await ErrorPages.TooMany(rejected.HttpContext);
        };
    });
}
