using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Drafts;

/// <summary>Who a reply goes to: one address, always. Reply-To and From are hostile input.</summary>
internal static class ReplyRecipient
{
    /// <summary>RFC 5321, 4.5.3.1: 64 octets before the @, 254 characters altogether (its erratum 1690).</summary>
    private const int LongestLocal = 64, Longest = 254;

    /// <summary>Reply-To where there is one, else From (RFC 5322, 3.6.2). Of several the sender's own, else the first: a reply never has two recipients.</summary>
    public static string Of(string from, IReadOnlyList<Correspondent> replyTo)
    {
        var given = replyTo.Where(r => r.Address.Length > 0).Select(r => r.Address).ToArray();
        return given.Length == 0 || given.Contains(from, StringComparer.OrdinalIgnoreCase) ? from : given[0];
    }

    /// <returns>Null for an address that mail can be sent to; else why not, in one sentence.</returns>
    public static string? Problem(string address)
    {
        if (address.Length == 0) return "The message has no sender address, so there is nobody to answer.";
        if (address.Length > Longest) return $"The address to answer has {address.Length} characters; no mail address is longer than {Longest}.";
        var at = address.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at != address.LastIndexOf('@') || at == address.Length - 1) return $"\"{Shown(address)}\" is not one mail address.";
        var (local, domain) = (address[..at], address[(at + 1)..]);
        if (local.Length > LongestLocal) return $"The part before the @ of the address to answer has {local.Length} characters; at most {LongestLocal} are allowed.";
        // Quoted local parts, source routes (user%host@relay, host!user) and domain literals are legal and, in mail of today, attacks.
        foreach (var c in local)
            if (char.IsWhiteSpace(c) || char.IsControl(c) || IsUnseen(c) || "\"(),:;<>[\\]%!|`".Contains(c, StringComparison.Ordinal)) return $"\"{Shown(address)}\" holds characters that EmailOps does not send mail to.";
        if (local[0] == '.' || local[^1] == '.' || local[0] == '-' || local.Contains("..", StringComparison.Ordinal)) return $"\"{Shown(address)}\" is not one mail address.";
        foreach (var label in domain.Split('.'))
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsLetterOrDigit(c) || c == '-' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
                return $"\"{Shown(address)}\" has no domain that mail can be sent to.";
        return null;
    }

    private static bool IsUnseen(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    private static string Shown(string address)
    {
        var clean = string.Concat(address.Take(80).Select(c => char.IsControl(c) || IsUnseen(c) ? '?' : c));
        return address.Length > 80 ? clean + "…" : clean;
    }
}
