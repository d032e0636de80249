using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// What a token of Graph allows, as it says itself. Only Graph need trust it; we read it to tell people what is missing. Claims: <c>roles</c> (an app's permissions),
/// <c>scp</c> (a user's), <c>aud</c>, <c>tid</c>, <c>appid</c>, <c>upn</c>, <c>exp</c>.
/// </summary>
internal sealed record GraphClaims(bool IsApp, IReadOnlyList<string> Granted, string? Audience, string? Tenant, string? User, DateTimeOffset? Until)
{
    /// <summary>Microsoft allows itself to encrypt tokens: then nothing is known.</summary>
    public static GraphClaims? Read(string token)
    {
        if (token.Length > SecretBox.MaxLength || token.Split('.') is not [_, var body, _]) return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(body));
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var scopes = Text(root, "scp");
            string[] granted = scopes is not null ? scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                : root.TryGetProperty("roles", out var roles) && roles.ValueKind == JsonValueKind.Array ? [.. roles.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!)] : [];
            var until = root.TryGetProperty("exp", out var e) && e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
            return new GraphClaims(scopes is null, [.. granted.Select(GraphErrors.Printable)], Text(root, "aud"), Text(root, "tid"), Text(root, "upn") ?? Text(root, "preferred_username"), until);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A permission is there: asked for by the least or a wider name.</summary>
    public bool Allows(GraphPermission permission) => permission.IsIn(Granted);

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? GraphErrors.Printable(value.GetString()!) : null;
}
