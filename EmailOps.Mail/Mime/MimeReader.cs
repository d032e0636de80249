namespace EmailOps.Mail;

/// <summary>
/// Finds the structure of a message in one pass over the raw bytes: header sections, delimiter lines, where bodies start and end. Decodes nothing but
/// the fields it needs to go on. Recursion is bounded by <see cref="MimeLimits.MaxDepth"/>.
/// </summary>
internal sealed class MimeReader
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly MimeLimits _limits;
    private readonly DefectList _defects;
    private readonly Boundaries _boundaries = new();
    private readonly List<HeaderField> _fields = new(32);
    private int _at;
    private int _parts;
    private int _encodedBytes;
    private Delimiter? _stoppedBy;

    public MimeReader(ReadOnlyMemory<byte> raw, MimeLimits limits, DefectList defects) => (_raw, _limits, _defects) = (raw, limits, defects);

    public MimePart ReadMessage(int depth)
    {
        var part = ReadPart(depth, ContentType.Default);
        if (part.Headers.Count == 0)
            _defects.Add(DefectKind.NotAMessage);
        return part;
    }

    private MimePart ReadPart(int depth, ContentType byDefault)
    {
        _parts++;
        _fields.Clear();
        _at = HeaderReader.Read(_raw.Span, _at, _boundaries, _limits, _fields, _defects);
        var headers = new HeaderList(_raw, [.. _fields]);
        var type = (headers.Find("Content-Type") is { } field ? ContentType.Parse(headers.RawBytes(field)) : null) ?? byDefault;
        var encoding = TransferEncodings.Of(headers);
        var start = _at;

        if (type.IsMultipart && CanOpen(depth))
            return ReadMultipart(depth, headers, type, encoding, start);
        if (type.IsMessage && encoding == TransferEncoding.None && CanOpen(depth))
        {
            var inner = ReadPart(depth + 1, ContentType.Default);
            return Part(headers, type, encoding, start, BodyEnd(start), [], new MailMessage(inner, _raw, _limits, _defects));
        }
        SkipBody();
        var end = BodyEnd(start);
        var message = type.IsMessage && encoding != TransferEncoding.None && CanOpen(depth) ? ReadEncoded(depth, encoding, start, end) : null;
        return Part(headers, type, encoding, start, end, [], message);
    }

    /// <summary>RFC 2046 section 5.2.1 forbids to encode a message inside a message; some mailers do.</summary>
    private MailMessage? ReadEncoded(int depth, TransferEncoding encoding, int start, int end)
    {
        // Decoding costs memory, and encoded messages inside encoded messages would cost it again and again.
        _encodedBytes += end - start;
        if (end <= start || _encodedBytes > _limits.MaxTextLength)
            return null;
        ReadOnlyMemory<byte> raw = BodyDecoder.ToArray(_raw.Span[start..end], encoding);
        var reader = new MimeReader(raw, _limits, _defects) { _parts = _parts, _encodedBytes = _encodedBytes };
        var root = reader.ReadPart(depth + 1, ContentType.Default);
        (_parts, _encodedBytes) = (reader._parts, reader._encodedBytes);
        return root.Headers.Count == 0 ? null : new MailMessage(root, raw, _limits, _defects);
    }

    private bool CanOpen(int depth)
    {
        if (depth >= _limits.MaxDepth)
            _defects.Add(DefectKind.TooDeep);
        else if (_parts >= _limits.MaxParts)
            _defects.Add(DefectKind.TooManyParts);
        else
            return true;
        return false;
    }

    private MimePart ReadMultipart(int depth, HeaderList headers, ContentType type, TransferEncoding encoding, int start)
    {
        var boundary = type.Boundary is { Length: > 0 and <= Boundaries.MaxLength } named ? named : null;
        if (boundary is null)
        {
            _defects.Add(DefectKind.MissingBoundary);
            boundary = BoundaryGuess.From(_raw.Span[start..]);
        }
        if (boundary is null)
        {
            SkipBody();
            return Part(headers, type, encoding, start, BodyEnd(start), [], null);
        }

        List<MimePart> children = [];
        _boundaries.Push(boundary);
        var level = _boundaries.Count - 1;
        SkipBody();
        if (_stoppedBy is null && type.Boundary == boundary && BoundaryGuess.From(_raw.Span[start..]) is { } guessed)
        {
            // What the header names never comes, yet something that looks like delimiters does: a gateway rewrote one and not the other.
            _defects.Add(DefectKind.BoundaryNotFound);
            _boundaries.Pop();
            _boundaries.Push(guessed);
            _at = start;
            SkipBody();
        }
        var childType = type.Subtype == "digest" ? ContentType.DigestDefault : ContentType.Default;
        while (_stoppedBy is { IsClose: false } delimiter && delimiter.Level == level)
        {
            _at = delimiter.NextLine;
            if (_parts >= _limits.MaxParts)
            {
                _defects.Add(DefectKind.TooManyParts);
                break;
            }
            children.Add(ReadPart(depth + 1, childType));
        }
        var closed = _stoppedBy is { IsClose: true } end && end.Level == level;
        _boundaries.Pop();
        if (children.Count == 0)
            _defects.Add(DefectKind.BoundaryNotFound);
        else if (!closed)
            _defects.Add(DefectKind.UnclosedMultipart);
        // The epilogue, or what lies beyond a limit.
        if (closed || _stoppedBy?.Level == level)
        {
            _at = _stoppedBy!.Value.NextLine;
            SkipBody();
        }
        return Part(headers, type, encoding, start, BodyEnd(start), children, null);
    }

    /// <summary>Moves to the next delimiter of any open multipart, or to the end.</summary>
    private void SkipBody()
    {
        var raw = _raw.Span;
        _stoppedBy = null;
        if (_boundaries.Count == 0)
        {
            _at = raw.Length;
            return;
        }
        var start = _at;
        var at = start;
        while (at < raw.Length)
        {
            if (_boundaries.Match(raw, at) is { } delimiter)
            {
                _stoppedBy = delimiter;
                _at = delimiter.LineStart;
                return;
            }
            var next = raw[at..].IndexOf("\n--"u8);
            if (next < 0)
                break;
            at += next + 1;
        }
        _at = raw.Length;
        if (_boundaries.GluedClose(raw) is > 0 and var glued && glued >= start)
        {
            _at = glued;
            _stoppedBy = new Delimiter(_boundaries.Count - 1, true, glued, raw.Length);
        }
    }

    /// <summary>The line end before a delimiter belongs to the delimiter (RFC 2046, section 5.1.1).</summary>
    private int BodyEnd(int start)
    {
        var end = _at;
        if (_stoppedBy is null)
            return end;
        var raw = _raw.Span;
        if (end > start && raw[end - 1] == '\n')
            end--;
        if (end > start && raw[end - 1] == '\r')
            end--;
        return end;
    }

    private MimePart Part(HeaderList headers, ContentType type, TransferEncoding encoding, int start, int end, IReadOnlyList<MimePart> children,
        MailMessage? message) => new(_raw, headers, type, encoding, Math.Min(start, end), end, children, message, _limits);
}
