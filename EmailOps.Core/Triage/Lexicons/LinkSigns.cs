using System.Buffers;
using System.Globalization;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>Judges addresses of the web and of mail by how they look; nothing is looked up.</summary>
internal static class LinkSigns
{
    private static readonly SearchValues<string> s_any = SearchValues.Create(["http", "www.", "@"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether there is anything in a text that looks like an address of the web or of mail.</summary>
    public static bool Occur(ReadOnlySpan<char> text) => text.IndexOfAny(s_any) >= 0;

    /// <summary>Host of an address, lower case; empty when there is none.</summary>
    public static string HostOf(string url)
    {
        var from = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = url.AsSpan(from).IndexOfAny("/?#\\");
        var authority = end < 0 ? url[from..] : url.Substring(from, end);
        var at = authority.LastIndexOf('@');
        var host = authority[(at + 1)..];
        var port = host.LastIndexOf(':');
        return (port > 0 ? host[..port] : host).TrimEnd('.').ToLowerInvariant();
    }

    /// <summary>The last two labels, or three under "co.uk" and the like; enough to tell whose a host is.</summary>
    public static string DomainOf(string host)
    {
        var labels = host.Split('.');
        if (labels.Length <= 2)
            return host;
        var take = labels[^1].Length == 2 && labels[^2] is "co" or "com" or "org" or "net" or "ac" or "gov" or "ne" or "or" ? 3 : 2;
        return string.Join('.', labels.TakeLast(take));
    }

    /// <summary>Why an address is suspicious in itself; null when it is not.</summary>
    public static string? Suspicion(string url, string host)
    {
        if (url.AsSpan(0, Math.Min(url.Length, 200)).Contains('@') && url.Contains("://", StringComparison.Ordinal) && !url.Contains("mailto", StringComparison.OrdinalIgnoreCase) && AuthorityHasUser(url))
            return "hides its host behind an @";
        if (host.Contains("xn--", StringComparison.Ordinal))
            return "uses characters that look like others";
        if (host.Length > 0 && host.All(c => char.IsAsciiDigit(c) || c == '.'))
            return "names a machine by number";
        if (host.Any(c => c > '\x7F') && host.Any(char.IsAsciiLetter))
            return "mixes alphabets";
        return null;
    }

    /// <summary>Imitates a domain of ours: one or two letters apart, or our name inside another domain.</summary>
    public static bool Imitates(string host, IReadOnlySet<string> ours)
    {
        var domain = DomainOf(host);
        if (ours.Contains(domain))
            return false;
        foreach (var own in ours)
        {
            var (name, other) = (NameOf(own), NameOf(domain));
            if (name.Length < 6)
                continue;
            if (other != name && Distance(Fold(name), Fold(other)) <= (name.Length >= 10 ? 2 : 1))
                return true;
            if (host.Contains(name, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static bool AuthorityHasUser(string url)
    {
        var from = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(from).IndexOfAny("/?#");
        return (end < 0 ? url.AsSpan(from) : url.AsSpan(from, end)).Contains('@');
    }

    private static string NameOf(string domain) => domain.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? domain[..dot] : domain;

    /// <summary>Letters and digits that are taken for each other.</summary>
    private static string Fold(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = source[i] switch { '0' => 'o', '1' or 'i' => 'l', '3' => 'e', '5' => 's', var c => char.ToLower(c, CultureInfo.InvariantCulture) };
    });

    /// <summary>Levenshtein distance of two short names.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
            return int.MaxValue;
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
