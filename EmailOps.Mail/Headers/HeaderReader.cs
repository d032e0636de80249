using System.Buffers;

namespace EmailOps.Mail;

/// <summary>Finds the fields of one header section (RFC 5322, section 2.2) and where its body starts.</summary>
internal static class HeaderReader
{
    private const int MaxNameLength = 200;

    // ftext: printable ASCII without space and colon (section 3.6.8).
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create([.. Enumerable.Range(33, 94).Where(b => b != ':').Select(b => (byte)b)]);

    /// <param name="boundaries">Delimiters of the multiparts around: one of them ends the section where the empty line is missing.</param>
    /// <returns>Where the body starts, or where the delimiter stands.</returns>
    public static int Read(ReadOnlySpan<byte> raw, int at, Boundaries boundaries, MimeLimits limits, List<HeaderField> fields, DefectList defects)
    {
        var start = at;
        var first = true;
        while (at < raw.Length)
        {
            var lineEnd = raw[at..].IndexOf((byte)'\n');
            lineEnd = lineEnd < 0 ? raw.Length : at + lineEnd;
            var next = Math.Min(raw.Length, lineEnd + 1);
            var line = raw[at..TrimLineEnd(raw, at, lineEnd)];
            if (line.IsEmpty)
                return next;
            if (at - start > limits.MaxHeaderBytes || fields.Count >= limits.MaxHeaderFields)
            {
                defects.Add(DefectKind.HeadersTooLong);
                return SkipToBody(raw, at, boundaries);
            }
            if (line[0] is (byte)' ' or (byte)'\t')
                Fold(fields, lineEnd, raw);
            else if (line[0] == '-' && boundaries.Match(raw, at) is not null)
                return at;
            else if (FieldNameLength(line) is > 0 and var colon)
                fields.Add(new HeaderField(at, TrimBlanks(line[..colon]).Length, at + colon + 1, TrimLineEnd(raw, at + colon + 1, lineEnd)));
            else if (!(first && IsEnvelopeLine(line)))
            {
                defects.Add(DefectKind.MalformedHeader);
                if (line.StartsWith("--"u8) || !FieldFollows(raw, next))
                    return at;
            }
            first = false;
            at = next;
        }
        return raw.Length;
    }

    /// <summary>The first line of an mbox entry, "From joe@example.org Thu Jul 1 10:52:37 2003", also as ">From ".</summary>
    private static bool IsEnvelopeLine(ReadOnlySpan<byte> line) => line.StartsWith("From "u8) || line.StartsWith(">From "u8);

    private static void Fold(List<HeaderField> fields, int lineEnd, ReadOnlySpan<byte> raw)
    {
        if (fields.Count > 0)
            fields[^1] = fields[^1] with { ValueEnd = TrimLineEnd(raw, fields[^1].ValueStart, lineEnd) };
    }

    private static int TrimLineEnd(ReadOnlySpan<byte> raw, int start, int end)
    {
        while (end > start && raw[end - 1] == '\r')
            end--;
        return end;
    }

    private static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> name) =>
        name[^1] is (byte)' ' or (byte)'\t' ? name.TrimEnd(" \t"u8) : name;

    /// <summary>Where the colon is when the line starts like a field; white space before the colon is obsolete but legal (section 4.5).</summary>
    private static int FieldNameLength(ReadOnlySpan<byte> line)
    {
        var colon = line[..Math.Min(line.Length, MaxNameLength)].IndexOf((byte)':');
        if (colon <= 0)
            return -1;
        var name = TrimBlanks(line[..colon]);
        return name.IsEmpty || name.ContainsAnyExcept(NameBytes) ? -1 : colon;
    }

    /// <summary>
    /// After a line that is no field: either somebody broke a field without indenting, and fields go on; or the empty line is missing, and this is the
    /// body already. The next line tells.
    /// </summary>
    private static bool FieldFollows(ReadOnlySpan<byte> raw, int at)
    {
        if (at >= raw.Length)
            return false;
        var lineEnd = raw[at..].IndexOf((byte)'\n');
        var line = (lineEnd < 0 ? raw[at..] : raw.Slice(at, lineEnd)).TrimEnd((byte)'\r');
        return !line.IsEmpty && line[0] is not ((byte)' ' or (byte)'\t') && FieldNameLength(line) is > 0 and var colon && line.Length > colon + 1 &&
            line[colon + 1] is (byte)' ' or (byte)'\t' && char.IsAsciiLetter((char)line[0]);
    }

    private static int SkipToBody(ReadOnlySpan<byte> raw, int at, Boundaries boundaries)
    {
        while (at < raw.Length)
        {
            var lineEnd = raw[at..].IndexOf((byte)'\n');
            if (lineEnd < 0)
                return raw.Length;
            if (raw.Slice(at, lineEnd).TrimEnd((byte)'\r').IsEmpty)
                return at + lineEnd + 1;
            if (raw[at] == '-' && boundaries.Match(raw, at) is not null)
                return at;
            at += lineEnd + 1;
        }
        return raw.Length;
    }
}
