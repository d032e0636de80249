using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Outgoing;

/// <summary>
/// Signs what we send as Standard Webhooks has it: HMAC-SHA256 over <c>id.timestamp.body</c> in <c>webhook-signature: v1,BASE64</c>, with the instant in
/// seconds in <c>webhook-timestamp</c>. A secret is <c>whsec_</c> and base64; any other text is taken as it stands.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";
    private const string Prefix = "whsec_", Version = "v1,";
    private const int SecretBytes = 32, MostSignatures = 10;

    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    public static IReadOnlyList<KeyValuePair<string, string>> Headers(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return [new(IdHeader, id), new(TimestampHeader, timestamp), new(SignatureHeader, Version + Convert.ToBase64String(Sign(secret, id, timestamp, body)))];
    }

    /// <param name="signatures">The header: several, separated by spaces, while a secret is changed.</param>
    /// <param name="tolerance">How old or early it may be: an old one is somebody's copy.</param>
    public static bool IsValid(string secret, string id, string timestamp, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan tolerance)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs((double)now.ToUnixTimeSeconds() - seconds) > tolerance.TotalSeconds) return false;
        var right = Encoding.ASCII.GetBytes(Version + Convert.ToBase64String(Sign(secret, id, timestamp, body)));
        return signatures.Split(' ', MostSignatures, StringSplitOptions.RemoveEmptyEntries).Any(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s), right));
    }

    private static byte[] Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key(secret));
        hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static byte[] Key(string secret)
    {
        var bytes = new byte[secret.Length];
        return secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var count) ? bytes[..count] : Encoding.UTF8.GetBytes(secret);
    }
}
