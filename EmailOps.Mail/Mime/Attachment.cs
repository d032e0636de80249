using System.Security.Cryptography;

namespace EmailOps.Mail;

/// <summary>
/// A part that is not shown as the text of the message. Size and digest are found in one pass that never holds the whole content; only
/// <see cref="Content"/> does.
/// </summary>
public sealed class Attachment
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly TransferEncoding _encoding;
    private string? _sha256;
    private long _size = -1;

    internal Attachment(MimePart part, string? fileName, bool isInline)
        : this(fileName, part.ContentType.MediaType, part.RawBody, part.TransferEncoding)
    {
        Part = part;
        ContentId = part.ContentId;
        IsInline = isInline;
    }

    internal Attachment(string? fileName, string contentType, ReadOnlyMemory<byte> body, TransferEncoding encoding)
    {
        FileName = fileName;
        ContentType = contentType;
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

    /// <summary>Of the decoded bytes, lower case hexadecimal.</summary>
    public string Sha256
    {
        get
        {
            Measure();
            return _sha256!;
        }
    }

    /// <summary>The decoded bytes; a new array each time for encoded content, the message's own memory otherwise.</summary>
    public ReadOnlyMemory<byte> Content => _encoding == TransferEncoding.None ? _body : BodyDecoder.ToArray(_body.Span, _encoding);

    /// <summary>Writes the decoded bytes in pieces of bounded size.</summary>
    public void CopyTo(Stream target) => BodyDecoder.InPieces(_body.Span, _encoding, target, static (t, piece) => t.Write(piece));

    private void Measure()
    {
        if (_sha256 is not null)
            return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _size = BodyDecoder.InPieces(_body.Span, _encoding, hash, static (h, piece) => h.AppendData(piece));
        _sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
