using System.Text;

namespace EmailOps.Mail;

/// <summary>Turns the pieces an <see cref="AddressParser"/> found into an <see cref="Address"/>.</summary>
internal static class AddressText
{
    public static Address Make(ReadOnlySpan<byte> phrase, ReadOnlySpan<byte> addr, string? hint) => new(Name(phrase, hint), Addr(addr));

    /// <summary>An item without angle brackets: an addr-spec, an old-style "name addr-spec", or only a name.</summary>
    public static void MakeBare(ReadOnlySpan<byte> text, ReadOnlySpan<byte> comment, List<Address> into, int max, string? hint)
    {
        var at = text.IndexOf((byte)'@');
        if (at < 0)
        {
            var name = Name(text, hint) ?? "";
            if (text.IndexOf("=?"u8) >= 0 && name.Contains('@', StringComparison.Ordinal))
            {
                // The whole list was put into encoded words. What comes out holds none, so this does not go on.
                AddressParser.Parse(Encoding.UTF8.GetBytes(name.Replace("=?", "", StringComparison.Ordinal)), into, max);
                return;
            }
            // "Joe (joe@example.org)"
            if (comment.IndexOf((byte)'@') > 0 && comment.IndexOf((byte)' ') < 0)
                into.Add(new Address(name, Addr(comment)));
            else
                into.Add(text.IndexOf((byte)' ') < 0 ? new Address(Name(comment, hint), name) : new Address(name, ""));
            return;
        }
        // Obsolete syntax allows white space around "@" and dots; "John john@example.org" has it elsewhere.
        var start = text[..at].TrimEnd((byte)' ').LastIndexOf((byte)' ') + 1;
        var tail = text[(at + 1)..].TrimStart((byte)' ');
        var end = tail.IndexOf((byte)' ');
        if (start > 0 && (text[start - 1] == '.' || text[start] == '.') || text[0] == '"')
            start = 0;
        if (end > 0 && (tail[end - 1] == '.' || (end + 1 < tail.Length && tail[end + 1] == '.')))
            end = -1;
        var length = end < 0 ? text.Length : text.Length - tail.Length + end;
        into.Add(new Address(Name(start > 0 ? text[..start] : comment, hint), Addr(text[start..length])));
    }

    private static string? Name(ReadOnlySpan<byte> phrase, string? hint)
    {
        var name = HeaderText.Decode(phrase, hint).Trim();
        if (name.Length > 1 && name[0] == '"' && name[^1] == '"')
            name = name[1..^1].Trim();
        return name.Length == 0 ? null : name;
    }

    private static string Addr(ReadOnlySpan<byte> addr)
    {
        addr = HeaderText.Trim(addr);
        // RFC 5322 section 4.4: <@relay,@relay:joe@example.org>; the route is history.
        if (addr.StartsWith("@"u8) && addr.IndexOf((byte)':') is >= 0 and var colon)
            addr = addr[(colon + 1)..];
        if (addr.StartsWith("mailto:"u8))
            addr = addr["mailto:"u8.Length..];
        var text = HeaderText.Decode(addr);
        if (text.AsSpan().IndexOfAny(" \t(") < 0)
            return text;
        var clean = new StringBuilder(text.Length);
        var quoted = false;
        var depth = 0;
        foreach (var c in text)
        {
            if (c == '"')
                quoted = !quoted;
            if (!quoted && c == '(')
                depth++;
            if (quoted || (depth == 0 && c is not (' ' or '\t')))
                clean.Append(c);
            else if (depth == 0 && clean.Length > 0 && clean[^1] is not (' ' or '@' or '.'))
                clean.Append(' ');
            // Section 4.4: white space around "@" and dots is obsolete syntax and means nothing.
            if (!quoted && c is '@' or '.' && clean.Length > 1 && clean[^2] == ' ')
                clean.Remove(clean.Length - 2, 1);
            if (!quoted && c == ')' && depth > 0)
                depth--;
        }
        return clean.ToString().Trim();
    }
}
