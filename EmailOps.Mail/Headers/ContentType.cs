using System.Text;

namespace EmailOps.Mail;

/// <summary>A media type with its parameters (RFC 2045, section 5).</summary>
public sealed class ContentType
{
    private static readonly string[] KnownTypes = ["text", "multipart", "message", "application", "image", "audio", "video", "font", "model"];

    private static readonly string[] KnownSubtypes =
    [
        "plain", "html", "mixed", "alternative", "related", "signed", "report", "encrypted", "digest", "rfc822", "delivery-status", "pdf",
        "octet-stream", "png", "jpeg", "gif", "calendar", "csv", "xml", "zip", "msword", "pgp-signature", "pkcs7-signature", "ms-tnef",
        "disposition-notification", "rfc822-headers", "enriched", "richtext", "jpg", "vnd.ms-excel", "json", "partial", "global",
    ];

    /// <summary>What a part without a usable Content-Type is (RFC 2045, section 5.2).</summary>
    public static readonly ContentType Default = new("text", "plain", ParameterList.Empty, null);

    /// <summary>What a part of multipart/digest without a Content-Type is (RFC 2046, section 5.1.5).</summary>
    internal static readonly ContentType DigestDefault = new("message", "rfc822", ParameterList.Empty, null);

    private ContentType(string type, string subtype, ParameterList parameters, byte[]? boundary) =>
        (Type, Subtype, Parameters, Boundary) = (type, subtype, parameters, boundary);

    /// <summary>Lower case, "text".</summary>
    public string Type { get; }

    /// <summary>Lower case, "plain".</summary>
    public string Subtype { get; }

    /// <summary>"text/plain".</summary>
    public string MediaType => (Type, Subtype) switch
    {
        ("text", "plain") => "text/plain",
        ("text", "html") => "text/html",
        _ => $"{Type}/{Subtype}",
    };

    public ParameterList Parameters { get; }

    public string? Charset => Parameters["charset"];

    /// <summary>The name parameter, an older way to give a file name.</summary>
    public string? Name => Parameters["name"];

    public bool IsText => Type == "text";

    public bool IsMultipart => Type == "multipart";

    /// <summary>RFC 3676: lines that end in a space go on.</summary>
    public bool IsFlowed => string.Equals(Parameters["format"], "flowed", StringComparison.OrdinalIgnoreCase);

    internal byte[]? Boundary { get; }

    internal bool IsMessage => Type == "message" && Subtype is "rfc822" or "global" or "news";

    internal bool Is(string type, string subtype) => Type == type && Subtype == subtype;

    public override string ToString() => MediaType;

    /// <summary>Null when the value holds no type.</summary>
    internal static ContentType? Parse(ReadOnlySpan<byte> raw)
    {
        var unfolded = new ByteBuffer(stackalloc byte[512]);
        try
        {
            HeaderText.Unfold(HeaderText.Trim(raw), ref unfolded);
            return ParseUnfolded(unfolded.Written);
        }
        finally
        {
            unfolded.Dispose();
        }
    }

    private static ContentType? ParseUnfolded(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart(" \t\"';"u8);
        var end = value.IndexOfAny(" \t;(,"u8);
        var media = (end < 0 ? value : value[..end]).Trim(" \t\"'"u8);
        var slash = media.IndexOf((byte)'/');
        // "text / plain"
        if (slash < 0 && end > 0 && value[end..].TrimStart(" \t"u8) is [(byte)'/', .. var spaced])
        {
            spaced = spaced.TrimStart(" \t"u8);
            var stop = spaced.IndexOfAny(" \t;(,"u8);
            var sub = stop < 0 ? spaced : spaced[..stop];
            return Make(media, sub, stop < 0 ? [] : spaced[stop..]);
        }
        // Content-Type: name="report.pdf"
        if (media.IndexOf((byte)'=') >= 0)
            return Make("text"u8, "plain"u8, value);
        var rest = end < 0 ? [] : value[end..];
        if (slash > 0 && slash < media.Length - 1)
            return Make(media[..slash], media[(slash + 1)..], rest);
        // Old mailers: "Content-Type: text", "Content-Type: html".
        return Encoding.Latin1.GetString(media).ToLowerInvariant() switch
        {
            "text" or "text/" => Make("text"u8, "plain"u8, rest),
            "html" => Make("text"u8, "html"u8, rest),
            "multipart" or "multipart/" => Make("multipart"u8, "mixed"u8, rest),
            // RFC 2045 section 5.2: what is not understood is text, but its parameters still name the file.
            _ => rest.IsEmpty ? null : Make("text"u8, "plain"u8, rest),
        };
    }

    private static ContentType Make(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, ReadOnlySpan<byte> rest)
    {
        var parameters = ParameterParser.Parse(rest, out var boundary);
        // RFC 2046 section 5.1.1: a boundary does not end in white space, and delimiter lines lose theirs on the way.
        if (boundary is [.., (byte)' ' or (byte)'\t'])
            boundary = boundary.AsSpan().TrimEnd(" \t"u8).ToArray();
        return new ContentType(Shared(type, KnownTypes), Shared(subtype, KnownSubtypes), parameters, boundary);
    }

    private static string Shared(ReadOnlySpan<byte> token, string[] known)
    {
        foreach (var word in known)
        {
            if (word.Length == token.Length && Ascii.EqualsIgnoreCase(token, word))
                return word;
        }
        return Encoding.Latin1.GetString(token[..Math.Min(token.Length, 128)]).ToLowerInvariant();
    }
}
