namespace EmailOps.Mail;

/// <summary>
/// How much of a hostile message is worth reading. Nothing is refused: what lies beyond a limit is kept in the raw bytes, shown as an opaque part or
/// cut, and noted as a <see cref="Defect"/>.
/// </summary>
public sealed record MimeLimits
{
    public static readonly MimeLimits Default = new();

    /// <summary>Parts inside parts (multipart and message/rfc822). Guards the stack and the time of walking. Real mail stays below 10.</summary>
    public int MaxDepth { get; init; } = 50;

    /// <summary>Parts of the whole message. Guards memory: an empty part costs 3 bytes on the wire and about 300 in memory.</summary>
    public int MaxParts { get; init; } = 5_000;

    /// <summary>Bytes of one header section that are looked at; later fields are left out. Guards the time of decoding.</summary>
    public int MaxHeaderBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Fields of one header section; later ones are left out. Guards memory.</summary>
    public int MaxHeaderFields { get; init; } = 5_000;

    /// <summary>Addresses kept of one address field. Guards memory; a mail to 10,000 people is one mail.</summary>
    public int MaxAddresses { get; init; } = 20_000;

    /// <summary>Identifiers kept of References and In-Reply-To. Guards memory; threading needs the first and the last few.</summary>
    public int MaxReferences { get; init; } = 1_000;

    /// <summary>
    /// Bytes of one text part that are decoded (before the charset), and characters of the joined bodies. Guards memory: a 200 MB text part is a file,
    /// not something to read, and HTML of this length made into lines takes some 20 times as much.
    /// </summary>
    public int MaxTextLength { get; init; } = 4 * 1024 * 1024;
}
