namespace EmailOps.Mail;

/// <summary>A delimiter line found: which open multipart it belongs to, whether it closes it, and where the line lies.</summary>
internal readonly record struct Delimiter(int Level, bool IsClose, int LineStart, int NextLine);

/// <summary>The boundaries of the multiparts that are open, innermost last (RFC 2046, section 5.1.1).</summary>
internal sealed class Boundaries
{
    // RFC 2046 says 70. Longer ones are found in the field; this bounds what each "--" line costs.
    public const int MaxLength = 512;

    private readonly List<byte[]> _open = [];

    public int Count => _open.Count;

    public void Push(byte[] boundary) => _open.Add(boundary);

    public void Pop() => _open.RemoveAt(_open.Count - 1);

    /// <summary>The delimiter that the line at <paramref name="lineStart"/> is, or null. The line must start with "--".</summary>
    public Delimiter? Match(ReadOnlySpan<byte> raw, int lineStart)
    {
        var line = raw[lineStart..];
        if (!line.StartsWith("--"u8))
            return null;
        line = line[2..];
        for (var level = _open.Count - 1; level >= 0; level--)
        {
            ReadOnlySpan<byte> boundary = _open[level];
            if (!line.StartsWith(boundary))
                continue;
            var rest = line[boundary.Length..];
            var end = rest.IndexOf((byte)'\n');
            var tail = (end < 0 ? rest : rest[..end]).TrimEnd(" \t\r"u8);
            var next = end < 0 ? raw.Length : lineStart + 2 + boundary.Length + end + 1;
            if (tail.IsEmpty)
                return new Delimiter(level, false, lineStart, next);
            if (tail.StartsWith("--"u8) && (tail.Length == 2 || !IsLongerBoundary(line, level)))
                return new Delimiter(level, true, lineStart, next);
        }
        return null;
    }

    /// <summary>Where a closing delimiter of the innermost multipart stands at the very end without a line end before it; -1 when none does.</summary>
    public int GluedClose(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> boundary = _open[^1];
        var text = raw.TrimEnd(" \t\r\n"u8);
        var start = text.Length - boundary.Length - 4;
        return start > 0 && text.EndsWith("--"u8) && text[start..^2].EndsWith(boundary) && text[start..].StartsWith("--"u8) ? start : -1;
    }

    /// <summary>"--abc--1" may close "abc" with something behind it, or be a delimiter of "abc--1" further out.</summary>
    private bool IsLongerBoundary(ReadOnlySpan<byte> line, int level)
    {
        for (var other = level - 1; other >= 0; other--)
        {
            if (_open[other].Length > _open[level].Length && line.StartsWith(_open[other]))
                return true;
        }
        return false;
    }
}
