using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>Proofs that what comes in was sent by Slack or PagerDuty. Compared in constant time, over the bytes as they came.</summary>
internal static class HookSignatures
{
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(5);
    private const int MostSignatures = 10;

    /// <summary>Slack: <c>X-Slack-Signature: v0=HEX</c> over <c>v0:TIMESTAMP:BODY</c>, with <c>X-Slack-Request-Timestamp</c>; an old one is somebody's copy.</summary>
    public static bool IsSlack(string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (signature is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs((double)now.ToUnixTimeSeconds() - seconds) > s_tolerance.TotalSeconds) return false;
        return Same("v0=" + Hex(secret, Encoding.ASCII.GetBytes($"v0:{timestamp}:"), body), signature);
    }

    /// <summary>PagerDuty webhook v3: <c>X-PagerDuty-Signature: v1=HEX,v1=HEX</c> over the body; several while a secret is changed.</summary>
    public static bool IsPagerDuty(string secret, string? signatures, ReadOnlySpan<byte> body)
    {
        if (signatures is null) return false;
        var right = "v1=" + Hex(secret, [], body);
        return signatures.Split(',', MostSignatures, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(s => Same(right, s));
    }

    private static string Hex(string secret, ReadOnlySpan<byte> before, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(before);
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool Same(string right, string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(given));
}
