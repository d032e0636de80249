namespace EmailOps.Mail.Writing;

/// <summary>A file that goes with a mail. Its bytes arrive as they are, whatever they hold.</summary>
/// <param name="Name">As the reader shall see it: any script, at most 500 characters, no path.</param>
/// <param name="ContentType">Type and subtype, <c>application/pdf</c>; no multipart.</param>
/// <param name="Content">Not copied; must not change until the mail is written.</param>
public sealed record OutgoingFile(string Name, string ContentType, ReadOnlyMemory<byte> Content)
{
    /// <summary>
    /// Without angle brackets: what the HTML calls <c>cid:...</c> (RFC 2392). A file that has one is shown inside the HTML, where there is any, and not beside
    /// the mail.
    /// </summary>
    public string? ContentId { get; init; }
}
