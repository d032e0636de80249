using System.Text;

namespace EmailOps.Core.Delivery;

/// <summary>The header values of a reply that follow from the message it answers.</summary>
internal static class ReplyHeaders
{
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
