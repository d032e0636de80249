namespace EmailOps.Core.Learning;

/// <summary>The language of a text.</summary>
/// <param name="Language">ISO 639-1, <c>und</c> when unsure.</param>
/// <param name="Certainty">0-1.</param>
/// <param name="Second">Another language that a good part of the text is in; <c>und</c> as a rule.</param>
internal readonly record struct LanguageGuess(string Language, double Certainty, string Second);

/// <summary>
/// Identifies 32 languages: by script where the script decides, else by common words and character trigrams (naive Bayes over the
/// built-in profiles, after Cavnar and Trenkle 1994 and Lui and Baldwin 2011). Made for short mails; immutable, thread-safe.
/// </summary>
internal static class LanguageIdentifier
{
    /// <summary>Tokens looked at; the language of a mail is plain after that many.</summary>
    private const int TokenLimit = 160;
    /// <summary>Least lead over the second in nats; below it nobody knows.</summary>
    private const float LeastLead = 2.2f;

    private static readonly LanguageScorer s_latin = new(LanguageProfiles.Latin);
    private static readonly LanguageScorer s_cyrillic = new(LanguageProfiles.Cyrillic);

    public static LanguageGuess Identify(TextTokens text) => Identify(text, 0, text.Tokens.Length);

    public static LanguageGuess Identify(TextTokens text, int first, int count)
    {
        var tokens = text.Tokens.Slice(first, Math.Min(count, TokenLimit));
        Span<int> scripts = stackalloc int[(int)Script.Count];
        var letters = 0;
        foreach (ref readonly var token in tokens)
        {
            if (token.Kind == TokenKind.Number)
                continue;
            letters += token.Length;
            scripts[(int)Scripts.Of(text.Text[token.Start])] += token.Length;
        }
        if (letters == 0)
            return Unknown;
        // An ideograph says as much as a short word; weighing both by letters would let one brand name outvote a Japanese line.
        var best = 0;
        for (var s = 1; s < scripts.Length; s++)
            if (Weighed(scripts, s) > Weighed(scripts, best))
                best = s;
        var kana = scripts[(int)Script.Kana];
        return (Script)best switch
        {
            Script.Han or Script.Kana => new(kana * 12 > scripts[(int)Script.Han] ? "ja" : "zh", letters >= 3 ? 0.95 : 0.6, Second(s_latin, text, tokens)),
            Script.Cyrillic => s_cyrillic.Best(text, tokens, LeastLead),
            Script.Latin => s_latin.Best(text, tokens, LeastLead),
            var script when Scripts.LanguageOf(script) is { } language => new(language, letters >= 3 ? 0.95 : 0.6, Languages.Undetermined),
            _ => Unknown,
        };
    }

    private static LanguageGuess Unknown => new(Languages.Undetermined, 0, Languages.Undetermined);

    private static int Weighed(Span<int> scripts, int script) => scripts[script] * ((Script)script is Script.Han or Script.Kana or Script.Hangul ? 3 : 1);

    private static string Second(LanguageScorer scorer, TextTokens text, ReadOnlySpan<Token> tokens)
    {
        var guess = scorer.Best(text, tokens, LeastLead * 3);
        return guess.Language;
    }
}
