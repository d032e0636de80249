namespace EmailOps.Mail;

public enum DefectKind
{
    /// <summary>A line in the header section is not a header field.</summary>
    MalformedHeader,
    /// <summary>A multipart names no boundary.</summary>
    MissingBoundary,
    /// <summary>The boundary a multipart names never comes.</summary>
    BoundaryNotFound,
    /// <summary>A multipart is not closed: the message may be cut.</summary>
    UnclosedMultipart,
    /// <summary>A part's content does not decode cleanly.</summary>
    DamagedEncoding,
    /// <summary>The charset is unknown or does not fit the bytes.</summary>
    CharsetGuessed,
    /// <summary>Nested too deeply; the inner parts are kept as they are.</summary>
    TooDeep,
    /// <summary>More parts than are looked at.</summary>
    TooManyParts,
    /// <summary>The header section is longer than what is looked at.</summary>
    HeadersTooLong,
    /// <summary>More addresses or identifiers than are kept.</summary>
    ListTooLong,
    /// <summary>A text is longer than what is decoded.</summary>
    TextTooLong,
    /// <summary>The file holds no header field at all.</summary>
    NotAMessage,
}

/// <summary>Something wrong with a message, with a sentence a person can read.</summary>
public readonly record struct Defect(DefectKind Kind, string Sentence);
