using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Delivery;

/// <summary>The header values of a reply that follow from the message it answers.</summary>
internal static class ReplyHeaders
{
    /// <summary>
    /// The same draft always gets the same Message-ID, so that a look in the Sent folder after a crash can find it
    /// (RFC 5322, 3.6.4 asks for uniqueness, which the draft's id gives).
    /// </summary>
    public static string InternetMessageId(long draftId, string mailboxAddress)
    {
        var at = mailboxAddress.LastIndexOf('@');
        var domain = at >= 0 && at < mailboxAddress.Length - 1 ? mailboxAddress[(at + 1)..] : "emailops.invalid";
        var token = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"draft {draftId} of {mailboxAddress}")).AsSpan(0, 16));
        return $"emailops-{token}@{domain}";
    }

    /// <summary>"Re: " once, whatever the client in between called it (RFC 5322, 3.6.5); line breaks cannot get into a header.</summary>
    public static string Subject(string subject)
    {
        var text = subject.Trim();
        while (Prefixes.FirstOrDefault(p => text.StartsWith(p, StringComparison.OrdinalIgnoreCase)) is { } prefix)
            text = text[prefix.Length..].TrimStart();
        var clean = new StringBuilder("Re: ", text.Length + 4);
        foreach (var c in text) clean.Append(char.IsControl(c) ? ' ' : c);
        return clean.ToString();
    }

    private static readonly string[] Prefixes = ["Re:", "AW:", "SV:", "Antw:", "RIF:", "Odp:", "YNT:", "VS:", "RES:", "回复:", "返信:"];
}
