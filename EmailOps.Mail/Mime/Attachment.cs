using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// A part that is not shown as the text of the message. Size and digest are found in one pass that never holds the whole content; only
/// <see cref="Content"/> does.
/// </summary>
public sealed class Attachment
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly TransferEncoding _encoding;
    private readonly bool _isText;
    private readonly bool _isSevenBit;
    private string? _sha256;
    private long _size = -1;

    internal Attachment(MimePart part, string? fileName, bool isInline)
        : this(fileName, part.ContentType.MediaType, part.RawBody, part.TransferEncoding)
    {
        Part = part;
        _isSevenBit = TransferEncodings.IsSevenBit(part.Headers);
        ContentId = part.ContentId;
        IsInline = isInline;
    }

    internal Attachment(string? fileName, string contentType, ReadOnlyMemory<byte> body, TransferEncoding encoding)
    {
        FileName = fileName;
        ContentType = contentType;
        _isText = contentType.StartsWith("text/", StringComparison.Ordinal) || contentType.StartsWith("message/", StringComparison.Ordinal);
        _body = body;
        _encoding = encoding;
    }

    /// <summary>The name the sender gave, decoded; null when there is none. Hostile input: never use it as a path.</summary>
    public string? FileName { get; }

    /// <summary>The media type the sender gave, lower case, "application/pdf".</summary>
    public string ContentType { get; }

    /// <summary>Without angle brackets; null when the part has none.</summary>
    public string? ContentId { get; }

    /// <summary>Shown inside the HTML body rather than beside it.</summary>
    public bool IsInline { get; }

    /// <summary>The part it comes from; null for a file that was uuencoded into the text.</summary>
    public MimePart? Part { get; }

    /// <summary>Bytes after decoding.</summary>
    public long Size
    {
        get
        {
            Measure();
            return _size;
        }
    }

    /// <summary>
    /// Of the decoded bytes, lower case hexadecimal. The same file gives the same digest whether its message came over IMAP (lines end in CR LF) or from
    /// an mbox or Maildir (lines end in LF).
    /// </summary>
    public string Sha256
    {
        get
        {
            Measure();
            return _sha256!;
        }
    }

    /// <summary>
    /// The decoded bytes; the message's own memory where nothing had to be undone, else a new array each time. Lines of 7bit parts and of
    /// quoted-printable text end in LF (see <see cref="Sha256"/>).
    /// </summary>
    public ReadOnlyMemory<byte> Content => _encoding == TransferEncoding.None && !HasLines ? _body : BodyDecoder.ToArray(_body.Span, _encoding, HasLines);

    /// <summary>Writes <see cref="Content"/> in pieces of bounded size, without ever holding it whole.</summary>
    public void CopyTo(Stream target) => BodyDecoder.InPieces(_body.Span, _encoding, HasLines, target, static (t, piece) => t.Write(piece));

    // RFC 2045 sections 2.7 and 6.7: in 7bit and quoted-printable CR LF stands for "end of line", whatever that was where the file came from. A part that
    // says 8bit or binary, or has such bytes, may be anything, and is kept to the byte.
    private bool HasLines => _encoding == TransferEncoding.QuotedPrintable ? _isText
        : _isSevenBit && _body.Span.IndexOf("\r\n"u8) >= 0 && Ascii.IsValid(_body.Span);

    private void Measure()
    {
        if (_sha256 is not null)
            return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _size = BodyDecoder.InPieces(_body.Span, _encoding, HasLines, hash, static (h, piece) => h.AppendData(piece));
        _sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
