using System.Text;

namespace EmailOps.Mail;

/// <summary>Message identifiers (RFC 5322, section 3.6.4), without their angle brackets.</summary>
internal static class MessageIds
{
    public static string? First(ReadOnlySpan<byte> raw)
    {
        var ids = All(raw, 1);
        return ids.Count > 0 ? ids[0] : null;
    }

    /// <summary>What stands in angle brackets, in order; when nothing does, the words that look like identifiers.</summary>
    public static IReadOnlyList<string> All(ReadOnlySpan<byte> raw, int max)
    {
        List<string>? ids = null;
        var rest = raw;
        while ((ids?.Count ?? 0) < max)
        {
            var open = rest.IndexOf((byte)'<');
            if (open < 0)
                break;
            rest = rest[(open + 1)..];
            var close = rest.IndexOf((byte)'>');
            if (close < 0)
                break;
            var inner = rest[..close];
            // "<<id>": the last bracket counts.
            inner = inner[(inner.LastIndexOf((byte)'<') + 1)..];
            if (Text(inner) is { Length: > 0 } id)
                (ids ??= []).Add(id);
            rest = rest[(close + 1)..];
        }
        return ids ?? Words(raw, max);
    }

    private static List<string> Words(ReadOnlySpan<byte> raw, int max)
    {
        List<string> ids = [];
        var rest = HeaderText.Trim(raw);
        while (!rest.IsEmpty && ids.Count < max)
        {
            var end = rest.IndexOfAny(" \t\r\n,"u8);
            var word = end < 0 ? rest : rest[..end];
            if ((end < 0 && ids.Count == 0) || word.IndexOf((byte)'@') >= 0)
                ids.Add(Text(word.Trim("<>\""u8)));
            rest = end < 0 ? [] : rest[(end + 1)..].TrimStart(" \t\r\n,"u8);
        }
        ids.RemoveAll(id => id.Length == 0);
        return ids;
    }

    /// <summary>Folds inside an identifier are a writer's mistake: white space goes.</summary>
    private static string Text(ReadOnlySpan<byte> id)
    {
        id = HeaderText.Trim(id);
        if (id.IndexOfAny(" \t\r\n\0"u8) < 0)
            return Charset.Decode(id, default, out _);
        // Quoted, as gateways from X.400 do, spaces are part of it.
        var quoted = id.IndexOf((byte)'"') >= 0;
        var clean = new StringBuilder(id.Length);
        foreach (var c in Charset.Decode(id, default, out _))
        {
            if ((!char.IsWhiteSpace(c) && c != '\0') || (quoted && c == ' '))
                clean.Append(c);
        }
        return clean.ToString();
    }
}
