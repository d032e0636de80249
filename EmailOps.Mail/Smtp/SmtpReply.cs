namespace EmailOps.Mail.Smtp;

/// <summary>A server's answer (RFC 5321, section 4.2): <c>550-5.1.1 No such user</c> and what follows it.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Status">Enhanced status code (RFC 3463, RFC 2034), <c>5.1.1</c>; null when the server gives none.</param>
/// <param name="Text">The words, lines joined by line feeds, codes taken off, cut at <see cref="MaxText"/> characters. Hostile input.</param>
public sealed record SmtpReply(int Code, string? Status, string Text)
{
    public const int MaxText = 2000;

    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>Refused for now; the same may work later.</summary>
    public bool IsTemporary => Code is >= 400 and < 500;

    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>The server closes the connection (RFC 5321, section 3.8).</summary>
    public bool IsClosing => Code == 421;

    public override string ToString() => $"{Code} {(Status is null ? "" : Status + " ")}{Text.ReplaceLineEndings(" ")}".TrimEnd();
}
