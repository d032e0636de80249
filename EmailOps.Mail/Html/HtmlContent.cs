namespace EmailOps.Mail;

/// <summary>What an HTML body says.</summary>
/// <param name="Lines">What a reader sees.</param>
/// <param name="HiddenText">
/// Text no reader sees: hidden, zero-size or unseen-coloured elements, comments, and texts of attributes that are longer than a name (alt, title,
/// aria-label), a line each. Spammers and prompt injections use it; cut at
/// <see cref="MaxHidden"/> characters.
/// </param>
public sealed record HtmlContent(IReadOnlyList<HtmlLine> Lines, string HiddenText)
{
    public const int MaxHidden = 16 * 1024;

    /// <summary>The lines joined with line feeds.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Text));
}
