using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Escalations;

/// <summary>What a link in a chat allows: one thing with one escalation, until it ends.</summary>
internal enum LinkPurpose
{
    Claim,
    Resolve,
}

/// <summary>
/// Signs the links in chats (HMAC-SHA256, 128 bits of it). A link shows what it would do and does nothing by being opened, since chats open links by themselves: a person confirms.
/// It works once, because an escalation is claimed and resolved once.
/// </summary>
internal sealed class LinkToken(byte[] key)
{
    private const int SealBytes = 16, Longest = 200;

    /// <summary>Tells this installation's escalations from another's that calls the same PagerDuty service.</summary>
    public string Installation { get; } = Convert.ToHexStringLower(HMACSHA256.HashData(key, "installation"u8).AsSpan(0, 4));

    public string Make(long escalation, LinkPurpose purpose, DateTimeOffset ends)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{(purpose == LinkPurpose.Claim ? 'c' : 'r')}{escalation}.{ends.ToUnixTimeSeconds()}");
        return $"{text}.{Base64Url.EncodeToString(Seal(text))}";
    }

    /// <returns>Null when it is none of ours, or has ended.</returns>
    public (long Escalation, LinkPurpose Purpose)? Read(string? token, DateTimeOffset now)
    {
        if (token is not { Length: > 4 and < Longest } || token[0] is not ('c' or 'r') || token.Split('.') is not [var what, var ends, var given]) return null;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Seal($"{what}.{ends}"))))) return null;
        return long.TryParse(what.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var escalation) && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var until) && until > now.ToUnixTimeSeconds()
            ? (escalation, token[0] == 'c' ? LinkPurpose.Claim : LinkPurpose.Resolve) : null;
    }

    private byte[] Seal(string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"escalation-link:{text}"))[..SealBytes];
}
