using System.Text;

namespace EmailOps.Mail;

/// <summary>Names, joins and decodes parameter pieces (RFC 2231 sections 3 and 4; encoded words as writers wrongly use them here).</summary>
internal static class ParameterSegments
{
    private static readonly string[] Known = ["charset", "boundary", "name", "filename", "format", "delsp", "type", "size", "report-type", "start"];

    /// <summary>"filename*0*" is piece 0 of "filename", percent-encoded.</summary>
    public static ParameterParser.Segment Make(ReadOnlySpan<byte> name, byte[] value)
    {
        var extended = false;
        var index = -1;
        var star = name.IndexOf((byte)'*');
        if (star > 0)
        {
            var tail = name[(star + 1)..];
            extended = tail.IsEmpty || tail[^1] == '*';
            tail = tail.TrimEnd((byte)'*');
            if (!tail.IsEmpty && System.Buffers.Text.Utf8Parser.TryParse(tail, out ushort number, out var used) && used == tail.Length)
                index = number;
            name = name[..star];
        }
        return new ParameterParser.Segment(Name(name), index, extended, value);
    }

    private static string Name(ReadOnlySpan<byte> name)
    {
        foreach (var known in Known)
        {
            if (known.Length == name.Length && Ascii.EqualsIgnoreCase(name, known))
                return known;
        }
        return Encoding.Latin1.GetString(name).ToLowerInvariant();
    }

    public static ParameterList Join(List<ParameterParser.Segment> segments, ref byte[]? boundary)
    {
        if (AreSimple(segments))
        {
            var simple = new Parameter[segments.Count];
            for (var i = 0; i < simple.Length; i++)
                simple[i] = new Parameter(segments[i].Name, Plain(segments[i].Value));
            return new ParameterList(simple);
        }
        List<Parameter> joined = new(segments.Count);
        foreach (var segment in segments)
        {
            if (joined.Exists(p => p.Name == segment.Name))
                continue;
            var pieces = Pieces(segments, segment);
            if (segment.Name == "boundary" && segment.Index >= 0)
                boundary ??= [.. pieces.SelectMany(p => p.Value)];
            joined.Add(new Parameter(segment.Name, pieces.Count == 1 && !pieces[0].Extended ? Plain(pieces[0].Value) : Combine(pieces)));
        }
        return new ParameterList([.. joined]);
    }

    /// <summary>Nothing in pieces, nothing percent-encoded, no name twice: nearly every field.</summary>
    private static bool AreSimple(List<ParameterParser.Segment> segments)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Index >= 0 || segments[i].Extended)
                return false;
            for (var before = 0; before < i; before++)
            {
                if (segments[before].Name == segments[i].Name)
                    return false;
            }
        }
        return true;
    }

    /// <summary>The extended form wins over a plain one for old readers; then numbered pieces in their order; then the first plain one.</summary>
    private static List<ParameterParser.Segment> Pieces(List<ParameterParser.Segment> all, ParameterParser.Segment first)
    {
        if (all.Count == 1)
            return [first];
        var same = all.FindAll(s => s.Name == first.Name);
        if (same.Find(s => s is { Index: -1, Extended: true }) is { Name: not null } extended)
            return [extended];
        var numbered = same.FindAll(s => s.Index >= 0);
        if (numbered.Count == 0 || (numbered.Count < same.Count && !numbered.Exists(s => s.Extended)))
            return [same.Find(s => s.Index < 0) is { Name: not null } plain ? plain : first];
        numbered.Sort((a, b) => a.Index.CompareTo(b.Index));
        return numbered;
    }

    private static string Combine(List<ParameterParser.Segment> pieces)
    {
        var bytes = new ByteBuffer(stackalloc byte[256]);
        try
        {
            ReadOnlySpan<byte> charset = default;
            var anyExtended = false;
            for (var i = 0; i < pieces.Count; i++)
            {
                ReadOnlySpan<byte> value = pieces[i].Value;
                if (!pieces[i].Extended)
                {
                    bytes.Append(value);
                    continue;
                }
                anyExtended = true;
                if (i == 0 && SplitCharset(ref value, out charset))
                    value = value.Trim((byte)'"');
                PercentDecode(value, ref bytes);
            }
            if (!anyExtended || (charset.IsEmpty && bytes.Written.IndexOf("=?"u8) >= 0))
                return Plain(bytes.Written);
            return Clean(Charset.Decode(bytes.Written, Encoding.Latin1.GetString(charset), out _));
        }
        finally
        {
            bytes.Dispose();
        }
    }

    /// <summary>charset'language'value</summary>
    private static bool SplitCharset(scoped ref ReadOnlySpan<byte> value, scoped out ReadOnlySpan<byte> charset)
    {
        charset = default;
        var first = value.IndexOf((byte)'\'');
        var second = first < 0 ? -1 : value[(first + 1)..].IndexOf((byte)'\'');
        if (second < 0 || first > 64)
            return false;
        charset = value[..first];
        value = value[(first + second + 2)..];
        return true;
    }

    private static void PercentDecode(ReadOnlySpan<byte> value, ref ByteBuffer into)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && QuotedPrintableDecoder.IsHex(value[i + 1]) && QuotedPrintableDecoder.IsHex(value[i + 2]))
            {
                into.Append((byte)((QuotedPrintableDecoder.Hex(value[i + 1]) << 4) | QuotedPrintableDecoder.Hex(value[i + 2])));
                i += 2;
            }
            else
            {
                into.Append(value[i]);
            }
        }
    }

    private static string Plain(ReadOnlySpan<byte> value) => Clean(HeaderText.Decode(value));

    /// <summary>Control characters have no place in a name or a type; they are only ever there to deceive.</summary>
    private static string Clean(string value)
    {
        if (!value.AsSpan().ContainsAnyInRange('\0', '\u001f'))
            return value;
        return string.Concat(value.Where(c => c >= ' '));
    }
}
