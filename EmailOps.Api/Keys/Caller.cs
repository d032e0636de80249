using System.Globalization;
using System.Security.Claims;

namespace EmailOps.Api.Keys;

/// <summary>Who asks: a person by a session, a program by its key, or the installation itself.</summary>
internal static class Caller
{
    public const string Installation = "installation";
    /// <summary>How keys are called in the audit, so that none can go by the name of a person.</summary>
    public const string KeyPrefix = "key:";
    public const string UserClaim = "user";
    public const string EndsClaim = "ends";
    private const int LongestName = 100;

    /// <summary>
    /// The name for the audit. A person's is that of the session, whatever the request says. The installation's key is believed whom it names (the command line,
    /// scripts of who runs it); of another key the name it gives is shown beside its own.
    /// </summary>
    public static string Actor(this HttpContext context)
    {
        var name = context.User.Identity?.Name ?? "unknown";
        if (context.UserId() is not null) return name;
        var named = string.Concat(context.Request.Headers["X-Operator"].ToString().Trim().Where(c => !char.IsControl(c)));
        if (named.Length is 0 or > LongestName) return name;
        return name == Installation ? named : $"{named} ({name})";
    }

    /// <summary>Null for keys.</summary>
    public static long? UserId(this HttpContext context) => long.TryParse(context.User.FindFirstValue(UserClaim), CultureInfo.InvariantCulture, out var id) ? id : null;

    public static DateTimeOffset? Ends(this HttpContext context) =>
        DateTimeOffset.TryParseExact(context.User.FindFirstValue(EndsClaim), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var ends) ? ends : null;

    /// <summary>What stands in Authorization; empty: nothing.</summary>
    public static string Bearer(HttpRequest request)
    {
        var bearer = request.Headers.Authorization.ToString();
        return bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..].Trim() : "";
    }
}
