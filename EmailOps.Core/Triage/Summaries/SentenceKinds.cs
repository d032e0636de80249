using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Summaries;

[Flags]
internal enum SentenceKind
{
    None = 0,
    /// <summary>Hardly more than the speaker's name: a signature.</summary>
    Name = 1,
    /// <summary>A greeting or a closing.</summary>
    Politeness = 2,
    /// <summary>Introduces a quotation ("On Friday Ann wrote:"), or is a header line of one.</summary>
    Attribution = 4,
    /// <summary>A link and nothing else.</summary>
    Link = 8,
    /// <summary>Mostly marks and figures: tables, rules, code.</summary>
    Marks = 16,
    /// <summary>Asks for something (<see cref="Requests"/>).</summary>
    Asks = 32,
    /// <summary>Says what somebody thinks or proposes.</summary>
    Opinion = 64,
    Figures = 128,
}

/// <summary>What kind of sentence it is, by its form and a few words.</summary>
internal static class SentenceKinds
{
    private const int NameWords = 4;
    private const int PoliteWords = 6;
    /// <summary>A "sentence" of more characters is looked at to here.</summary>
    private const int ReadLimit = 2_000;

    private static readonly string[] s_headers = ["from:", "to:", "sent:", "subject:", "date:", "cc:", "von:", "an:", "gesendet:", "betreff:", "datum:", "de:", "à:", "envoyé:", "objet:", "para:", "asunto:", "enviado:"];
    private static readonly string[] s_wrote = ["wrote:", "writes:", "said:", "schrieb:", "a écrit :", "a écrit:", "escribió:", "ha scritto:", "schreef:", "napisał:", "skrev:", "escreveu:"];
    private static readonly WordSet s_opinions = WordSet.Of("think agree suggest propose believe prefer like disagree recommend denke finde meine schlage vorschlagen glaube pense propose préfère creo propongo prefiero penso preferisco denk vind voorstel");

    /// <param name="tokens">Of the text; read again when it is too long.</param>
    public static SentenceKind Of(string text, TextTokens tokens, string speaker)
    {
        var kind = SentenceKind.None;
        if (text.Length > ReadLimit)
        {
            tokens = Scratch;
            tokens.Read(text[..ReadLimit]);
        }
        var count = tokens.Tokens.Length;
        if (count is > 0 and <= NameWords && NamesSpeaker(tokens, speaker))
            kind |= SentenceKind.Name;
        if (count > 0 && (LetterParts.IsGreeting(tokens, 0, count) || (count <= PoliteWords && LetterParts.IsClosing(tokens, 0, count))))
            kind |= SentenceKind.Politeness;
        if (IsAttribution(text))
            kind |= SentenceKind.Attribution;
        if (text.Contains("://", StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal))
            kind |= SentenceKind.Link;
        if (LetterCount.Of(text).Letters < 0.7 * text.Length)
            kind |= SentenceKind.Marks;
        if (Requests.Strength(tokens, 0, count, text) > 0)
            kind |= SentenceKind.Asks;
        foreach (ref readonly var token in tokens.Tokens)
            if (s_opinions.Contains(token.Hash))
                kind |= SentenceKind.Opinion;
            else if (token.Kind is TokenKind.Number or TokenKind.Mixed)
                kind |= SentenceKind.Figures;
        return kind;
    }

    [ThreadStatic]
    private static TextTokens? s_scratch;

    private static TextTokens Scratch => s_scratch ??= new TextTokens();

    private static bool IsAttribution(string text)
    {
        var trimmed = text.AsSpan().Trim();
        // All of these have a colon, and few sentences have.
        if (trimmed.Contains(':'))
        {
            foreach (var header in s_headers)
                if (trimmed.StartsWith(header, StringComparison.OrdinalIgnoreCase))
                    return true;
            foreach (var wrote in s_wrote)
                if (trimmed.EndsWith(wrote, StringComparison.OrdinalIgnoreCase))
                    return true;
        }
        return trimmed.StartsWith("-----", StringComparison.Ordinal) || (trimmed.StartsWith("On ", StringComparison.Ordinal) && trimmed.EndsWith("wrote", StringComparison.Ordinal));
    }

    private static bool NamesSpeaker(TextTokens text, string speaker)
    {
        foreach (ref readonly var token in text.Tokens)
            if (token.Length > 1 && speaker.AsSpan().Contains(text.TextOf(token), StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
