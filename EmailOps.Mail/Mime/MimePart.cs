using System.Buffers;

namespace EmailOps.Mail;

/// <summary>A node of the MIME tree (RFC 2045, RFC 2046): header fields and a body, decoded when asked for.</summary>
public sealed class MimePart
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly MimeLimits _limits;
    private readonly int _bodyStart;
    private readonly int _bodyEnd;
    private ContentDisposition? _disposition;
    private bool _dispositionRead;

    internal MimePart(ReadOnlyMemory<byte> raw, HeaderList headers, ContentType contentType, TransferEncoding encoding, int bodyStart, int bodyEnd,
        IReadOnlyList<MimePart> children, MailMessage? message, MimeLimits limits)
    {
        _raw = raw;
        _limits = limits;
        Headers = headers;
        ContentType = contentType;
        TransferEncoding = encoding;
        _bodyStart = bodyStart;
        _bodyEnd = bodyEnd;
        Children = children;
        Message = message;
    }

    public HeaderList Headers { get; }

    /// <summary>Never null: text/plain where the part names no usable type (RFC 2045, section 5.2).</summary>
    public ContentType ContentType { get; }

    public TransferEncoding TransferEncoding { get; }

    /// <summary>The parts of a multipart, in order; empty for every other part.</summary>
    public IReadOnlyList<MimePart> Children { get; }

    /// <summary>The message inside a message/rfc822 part; null for every other part and below <see cref="MimeLimits.MaxDepth"/>.</summary>
    public MailMessage? Message { get; }

    public ContentDisposition? ContentDisposition
    {
        get
        {
            if (!_dispositionRead)
            {
                _disposition = Headers.Find("Content-Disposition") is { } found ? ContentDisposition.Parse(Headers.RawBytes(found)) : null;
                _dispositionRead = true;
            }
            return _disposition;
        }
    }

    /// <summary>Without angle brackets; null when the part has none.</summary>
    public string? ContentId => Headers.Find("Content-ID") is { } found ? MessageIds.First(Headers.RawBytes(found)) : null;

    /// <summary>The name the part gives itself, decoded. It may hold path separators: never use it as a path.</summary>
    public string? FileName
    {
        get
        {
            var name = ContentDisposition?.FileName ?? ContentType.Name;
            return string.IsNullOrWhiteSpace(name) ? null : name.Trim();
        }
    }

    /// <summary>The body as it stands in the message, still encoded, children included.</summary>
    public ReadOnlyMemory<byte> RawBody => _raw[_bodyStart.._bodyEnd];

    /// <summary>The body with its transfer encoding undone. A new array each time; damaged input gives what can be read of it.</summary>
    public byte[] DecodeBytes() => BodyDecoder.ToArray(RawBody.Span, TransferEncoding);

    /// <summary>Writes the body, transfer encoding undone, in pieces of bounded size.</summary>
    public void DecodeTo(Stream target) => BodyDecoder.InPieces(RawBody.Span, TransferEncoding, lines: false, target, static (t, piece) => t.Write(piece));

    /// <summary>
    /// The body as text with line feeds as line ends, cut at <see cref="MimeLimits.MaxTextLength"/>. The charset is the declared one where it fits the
    /// bytes; otherwise UTF-8 or windows-1252.
    /// </summary>
    public string DecodeText() => DecodeText(out _, out _, out _);

    /// <summary>
    /// The body as text in another charset than the one that was chosen, for a person who sees that it was the wrong one: no rescue, what does not fit is
    /// U+FFFD. Null when the name is no charset that can be read.
    /// </summary>
    public string? DecodeText(string charset)
    {
        if (Charset.Resolve(charset) is not { } encoding)
            return null;
        var bytes = BodyDecoder.ToArray(RawBody.Span[..Math.Min(RawBody.Length, _limits.MaxTextLength)], TransferEncoding);
        return Clean(encoding.GetString(bytes));
    }

    internal string DecodeText(out bool guessed, out bool cut, out bool damaged)
    {
        var body = RawBody.Span;
        cut = body.Length > _limits.MaxTextLength;
        if (cut)
            body = body[.._limits.MaxTextLength];
        var charset = ContentType.Charset;
        // Words with spaces between them: the part only says that it is base64.
        var encoding = TransferEncoding;
        ReadOnlySpan<byte> footer = default;
        if (encoding == TransferEncoding.Base64)
        {
            if (Base64Body.FooterStart(body) is > 0 and var below)
            {
                footer = body[below..];
                body = body[..below];
            }
            else if (Base64Body.IsPlainlyText(body))
                encoding = TransferEncoding.None;
        }
        damaged = encoding != TransferEncoding || !footer.IsEmpty;
        if (encoding == TransferEncoding.None && body.IndexOf((byte)'\r') < 0)
            return Text(body, charset, out guessed);
        var rented = ArrayPool<byte>.Shared.Rent(BodyDecoder.MaxLength(body.Length, encoding));
        try
        {
            Span<byte> bytes;
            if (encoding == TransferEncoding.None && !Charset.IsWide(charset, body))
            {
                bytes = rented.AsSpan(0, LineEnds.CopyWithoutCarriageReturns(body, rented));
            }
            else
            {
                bytes = rented.AsSpan(0, BodyDecoder.Decode(body, encoding, rented, out var broken));
                damaged |= broken;
                if (!Charset.IsWide(charset, bytes))
                    bytes = LineEnds.DropCarriageReturns(bytes);
            }
            var text = Text(bytes, charset, out guessed);
            return footer.IsEmpty ? text : $"{text}\n\n{Text(footer, null, out _)}";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Every part below and including this one, parts of nested messages left out.</summary>
    internal IEnumerable<MimePart> Walk()
    {
        yield return this;
        foreach (var child in Children)
        {
            foreach (var part in child.Walk())
                yield return part;
        }
    }

    private string Text(ReadOnlySpan<byte> bytes, string? charset, out bool guessed)
    {
        if (charset is null && ContentType.Is("text", "html") && !System.Text.Unicode.Utf8.IsValid(bytes))
            charset = CharsetDetector.Meta(bytes);
        return Clean(Charset.Decode(bytes, charset, out guessed));
    }

    /// <summary>Line ends become line feeds; NUL goes, which no reader shows and databases refuse.</summary>
    private static string Clean(string text)
    {
        if (text.Contains('\r', StringComparison.Ordinal))
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
    }
}
