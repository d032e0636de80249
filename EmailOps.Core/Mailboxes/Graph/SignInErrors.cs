using System.Text.Json;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// Why the login server gave no token, and what to do. Raw form:
/// <c>{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app '...' are expired. ...","error_codes":[7000222],"trace_id":"...","correlation_id":"..."}</c>
/// </summary>
internal static class SignInErrors
{
    private static readonly Dictionary<int, string> Fixes = new()
    {
        [7000215] = "The client secret is wrong. Copy the secret's Value (not its Secret ID) into EMAILBOT_M365_CLIENT_SECRET; if it was not kept, make a new one under Certificates & secrets.",
        [7000222] = "The client secret has expired. Make a new one under Certificates & secrets and put its Value into EMAILBOT_M365_CLIENT_SECRET.",
        [7000216] = "The app wants a secret or a certificate: set EMAILBOT_M365_CLIENT_SECRET.",
        [7000218] = "The app wants a secret: set EMAILBOT_M365_CLIENT_SECRET, or allow public client flows under Authentication.",
        [700016] = "This directory does not know the app. Check M365_CLIENT_ID, and M365_TENANT_ID; in another organisation's directory an administrator must consent first.",
        [7000112] = "The app is switched off in this directory. An administrator can allow it under Enterprise applications.",
        [90002] = "There is no such directory. Set M365_TENANT_ID to the directory (tenant) id of the app registration's overview.",
        [900023] = "M365_TENANT_ID is neither a directory id nor a domain that Microsoft knows.",
        [65001] = "Nobody has consented to the permissions. An administrator must grant admin consent under API permissions.",
        [90094] = "An administrator must grant admin consent under API permissions.",
        [53003] = "A Conditional Access policy blocks the sign-in. Exclude the app, or allow this machine's address.",
        [50076] = "A second factor is asked for. Sign in again: emailops provider login graph.",
        [700082] = "The sign-in has run out because it was not used for long. Sign in again: emailops provider login graph.",
        [70008] = "The sign-in has run out. Sign in again: emailops provider login graph.",
        [50173] = "The sign-in was withdrawn (password changed or reset). Sign in again: emailops provider login graph.",
        [54005] = "The code was used already. Begin the sign-in again.",
        [50011] = "The redirect address is not registered. Add it under Authentication, exactly as it is named.",
        [70011] = "A scope is unknown. Check M365_GRAPH_URL: each national cloud has its own.",
        [500011] = "Graph is not known here under this address. Check that M365_GRAPH_URL and M365_LOGIN_URL are of the same cloud.",
    };

    public static GraphException Of(GraphAnswer answer, string tenant)
    {
        var (error, description, code) = Read(answer.Body);
        if (answer.Status == 429) return new GraphException(GraphFailure.Throttled, "The Microsoft login server is asked too often; it goes on by itself.") { Status = 429, RetryAfter = answer.RetryAfter };
        if (answer.Status >= 500) return new GraphException(GraphFailure.ServerError, $"The Microsoft login server answered {answer.Status}; it is tried again by itself.") { Status = answer.Status, RetryAfter = answer.RetryAfter };
        var fix = Fixes.TryGetValue(code, out var known) ? known : error switch
        {
            "invalid_client" => "Check M365_CLIENT_ID and EMAILBOT_M365_CLIENT_SECRET.",
            "invalid_grant" => "Sign in again: emailops provider login graph.",
            "unauthorized_client" => "The app is not allowed this kind of sign-in; check its registration.",
            _ => "Check the app registration.",
        };
        return new GraphException(GraphFailure.SignIn, $"Microsoft gives no token for {tenant}: {(code == 0 ? error ?? $"status {answer.Status}" : $"AADSTS{code}")}{(description is null ? "" : $" ({description})")}. {fix}")
        {
            Status = answer.Status,
            Code = code == 0 ? error : $"AADSTS{code}",
        };
    }

    private static (string? Error, string? Description, int Code) Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return default;
            var error = root.TryGetProperty("error", out var e) && e.ValueKind == JsonValueKind.String ? GraphErrors.Printable(e.GetString()!) : null;
            var description = root.TryGetProperty("error_description", out var d) && d.ValueKind == JsonValueKind.String ? d.GetString() : null;
            var code = root.TryGetProperty("error_codes", out var codes) && codes.ValueKind == JsonValueKind.Array && codes.GetArrayLength() > 0 && codes[0].ValueKind == JsonValueKind.Number && codes[0].TryGetInt32(out var first) ? first : 0;
            return (error, First(description), code);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The first sentence, without the number that is said already; traces and times follow it.</summary>
    private static string? First(string? description)
    {
        if (string.IsNullOrWhiteSpace(description)) return null;
        var line = description.Split(['\r', '\n'], 2)[0];
        if (line.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0 && line.StartsWith("AADSTS", StringComparison.Ordinal)) line = line[(colon + 2)..];
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return GraphErrors.Printable(end > 0 ? line[..end] : line.TrimEnd('.'));
    }
}
