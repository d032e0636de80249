namespace EmailOps.Mail;

/// <summary>
/// Splits <c>; name=value; name*0*=charset'lang'value</c> lists (RFC 2045 section 5.1, RFC 2231), forgiving missing semicolons, unquoted spaces,
/// quotes inside quotes and quotes that never close.
/// </summary>
internal static class ParameterParser
{
    // Nobody needs more; the bound keeps hostile lists cheap.
    private const int MaxSegments = 200;

    /// <summary>One piece as written: base name, its number (-1 when it is the whole) and whether it is percent-encoded.</summary>
    internal readonly record struct Segment(string Name, int Index, bool Extended, byte[] Value);

    /// <param name="value">What follows the media type or disposition, unfolded.</param>
    /// <param name="boundary">The bytes of a boundary parameter, which must not be decoded; null when there is none.</param>
    public static ParameterList Parse(ReadOnlySpan<byte> value, out byte[]? boundary)
    {
        boundary = null;
        List<Segment>? segments = null;
        var at = 0;
        while (at < value.Length && (segments?.Count ?? 0) < MaxSegments)
        {
            var c = value[at];
            if (c is (byte)';' or (byte)' ' or (byte)'\t' or (byte)',')
            {
                at++;
                continue;
            }
            if (c == '(' && value[at..].IndexOf((byte)')') is > 0 and var close)
            {
                at += close + 1;
                continue;
            }
            var end = value[at..].IndexOfAny("=;"u8);
            if (end < 0)
                break;
            var name = value.Slice(at, end).Trim(" \t\""u8);
            at += end + 1;
            if (value[at - 1] == ';' || name.IsEmpty || name.Length > 100)
                continue;
            // "charset=utf-8 x format=flowed" without semicolons: the last word before "=" is the name.
            name = name[(name.LastIndexOfAny(" \t"u8) + 1)..];
            var content = ReadValue(value, ref at);
            var segment = ParameterSegments.Make(name, content);
            if (boundary is null && segment is { Name: "boundary", Index: -1 })
                boundary = segment.Value;
            (segments ??= []).Add(segment);
        }
        return segments is null ? ParameterList.Empty : ParameterSegments.Join(segments, ref boundary);
    }

    private static byte[] ReadValue(ReadOnlySpan<byte> value, ref int at)
    {
        while (at < value.Length && value[at] is (byte)' ' or (byte)'\t')
            at++;
        return at < value.Length && value[at] == '"' ? ReadQuoted(value, ref at) : ReadToken(value, ref at);
    }

    private static byte[] ReadQuoted(ReadOnlySpan<byte> value, ref int at)
    {
        var into = new ByteBuffer(stackalloc byte[256]);
        try
        {
            for (at++; at < value.Length; at++)
            {
                var c = value[at];
                // Only these two are ever escaped on purpose; other backslashes are Windows paths.
                if (c == '\\' && at + 1 < value.Length && value[at + 1] is (byte)'"' or (byte)'\\')
                    c = value[++at];
                else if (c == '"' && Closes(value[(at + 1)..]))
                    break;
                into.Append(c);
            }
            at = Math.Min(value.Length, at + 1);
            return into.Written.ToArray();
        }
        finally
        {
            into.Dispose();
        }
    }

    /// <summary>A quote inside a quoted value is not the end when text goes on after it.</summary>
    private static bool Closes(ReadOnlySpan<byte> after)
    {
        var rest = after[..Math.Min(after.Length, 60)].TrimStart(" \t"u8);
        if (rest.IsEmpty || rest[0] is (byte)';' or (byte)'(' or (byte)',')
            return true;
        var equals = rest.IndexOfAny("=;\" "u8);
        return (equals > 0 && rest[equals] == '=') || after.IndexOf((byte)'"') < 0;
    }

    private static byte[] ReadToken(ReadOnlySpan<byte> value, ref int at)
    {
        var rest = value[at..];
        var end = rest.IndexOf((byte)';');
        var token = end < 0 ? rest : rest[..end];
        at += token.Length;
        // A space: either part of an unquoted name, or the semicolon before the next parameter was forgotten.
        for (var space = token.IndexOfAny(" \t"u8); space >= 0;)
        {
            var next = token[space..].TrimStart(" \t"u8);
            var word = next[..Math.Min(next.Length, 60)];
            var stop = word.IndexOfAny("=\" \t?"u8);
            if (stop > 0 && word[stop] == '=' && !token[..space].StartsWith("=?"u8))
            {
                at -= next.Length;
                return token[..space].ToArray();
            }
            var again = token[(space + 1)..].IndexOfAny(" \t"u8);
            space = again < 0 ? -1 : space + 1 + again;
        }
        return token.Trim(" \t\""u8).ToArray();
    }
}
