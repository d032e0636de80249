using System.Buffers;

namespace EmailOps.Core.Mailboxes;

/// <summary>The address of a mailbox: local part, one @, a host name. Not every form of RFC 5321, but every one that mailboxes have.</summary>
internal static class MailboxAddress
{
    /// <summary>RFC 5321, 4.5.3.1.3 less the angle brackets.</summary>
    public const int MaxLength = 254;

    private static readonly SearchValues<char> NeverIn = SearchValues.Create(" ,;:<>()[]\"\\");

    /// <returns>As it is stored.</returns>
    public static string Normal(string address) => address.Trim().ToLowerInvariant();

    /// <summary>What stands behind the @, as it is written; all of it without one.</summary>
    public static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];

    /// <summary>support+t4f@shop.example is support@shop.example (RFC 5233).</summary>
    public static string Untagged(string address)
    {
        var (plus, at) = (address.IndexOf('+', StringComparison.Ordinal), address.LastIndexOf('@'));
        return plus > 0 && at > plus ? address.Remove(plus, at - plus) : address;
    }

    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Problem(string? address)
    {
        const string how = "Write it as support@example.com.";
        if (string.IsNullOrWhiteSpace(address)) return $"address is missing. {how}";
        var text = address.Trim();
        var at = text.LastIndexOf('@');
        if (text.Length > MaxLength || at < 1 || at == text.Length - 1 || text.IndexOf('@', StringComparison.Ordinal) != at
            || text.AsSpan().IndexOfAny(NeverIn) >= 0 || text.Any(char.IsControl) || Uri.CheckHostName(text[(at + 1)..]) != UriHostNameType.Dns)
            return $"address is no mail address. {how}";
        return null;
    }
}
