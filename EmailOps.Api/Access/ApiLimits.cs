using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using EmailOps.Api.Keys;
using EmailOps.Core.Audit;

namespace EmailOps.Api.Access;

/// <summary>How much one caller may ask: people and keys each for themselves, strangers by their address. The installation's own key may also overload it.</summary>
internal static class ApiLimits
{
    public static void AddApiLimits(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition, StringComparer.Ordinal);
        limits.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var said) ? said : TimeSpan.FromSeconds(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask; // the problem details are written by the status code pages
        };
    });

    private static RateLimitPartition<string> Partition(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<AccessOptions>();
        var name = context.User.Identity is { IsAuthenticated: true } caller ? caller.Name : null;
        var (who, most) = name switch
        {
            Caller.Installation => ("", 0),
            null => ($"from {Network(context.Connection.RemoteIpAddress)}", options.StrangersPerMinute),
            _ => (name, options.RequestsPerMinute),
        };
        return most == 0 ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = most, TokensPerPeriod = Math.Max(1, most / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        });
    }

    /// <summary>Whoever has an IPv6 address has at least 2^64 of them.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null) return "nowhere";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes).ToString();
    }
}
