using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>
/// Words that look like names: capitals inside a sentence. German writes every noun so, and scripts without capitals show none: there a
/// made-up name is caught, if at all, by the words of the sentence.
/// </summary>
internal static class NameReader
{
    /// <summary>A single capitalised word says nothing in German; two in a row are a name.</summary>
    private const int InGerman = 2;

    public static IEnumerable<Claim> Read(GroundingText draft, ReadSentence sentence, string language, HashSet<uint> known)
    {
        var text = new TextTokens();
        text.Read(draft.Text.Substring(sentence.Start, sentence.Length));
        List<Claim> names = [];
        int run = 0, start = 0, end = 0;
        var unknown = false;
        for (var i = 0; i <= text.Tokens.Length; i++)
        {
            var capital = i < text.Tokens.Length && IsCapitalised(text, i) && (i > 0 || IsFollowedByCapital(text));
            if (capital && (run == 0 || text.Tokens[i].Start - end <= 2))
            {
                if (run++ == 0)
                    (start, unknown) = (text.Tokens[i].Start, false);
                end = text.Tokens[i].End;
                unknown |= !IsKnown(text.Tokens[i].Hash, known) && !(language == "de" && i == 0);
                continue;
            }
            if (unknown && run >= (language == "de" ? InGerman : 1))
                names.Add(new Claim(ClaimKind.Name, sentence.Start + start, end - start, text.Text[start..end], ""));
            (run, unknown) = (0, false);
            if (capital)
            {
                (run, start, end) = (1, text.Tokens[i].Start, text.Tokens[i].End);
                unknown = !IsKnown(text.Tokens[i].Hash, known);
            }
        }
        return names;
    }

    private static bool IsKnown(uint hash, HashSet<uint> known)
        => known.Contains(hash) || GroundingWords.Courtesy.Contains(hash) || GroundingWords.Months.ContainsKey(hash) || GroundingWords.Weekdays.ContainsKey(hash) || GroundingWords.Units.ContainsKey(hash)
            || GroundingWords.Addressed.Contains(hash) || GroundingWords.Promise.Contains(hash);

    private static bool IsCapitalised(TextTokens text, int at)
    {
        var token = text.Tokens[at];
        if (token.Kind != TokenKind.Word || token.Length < 2 || !char.IsUpper(text.Text[token.Start]))
            return false;
        // A capital after a colon or a dash begins a sentence of its own.
        for (var i = token.Start - 1; i >= 0 && !char.IsLetterOrDigit(text.Text[i]); i--)
            if (text.Text[i] is ':' or '.' or '!' or '?' or '\n' or '–' or '"' or '“' or '„' or '«')
                return false;
        return true;
    }

    private static bool IsFollowedByCapital(TextTokens text) => text.Tokens.Length > 1 && IsCapitalised(text, 1) && text.Tokens[1].Start - text.Tokens[0].End <= 1;
}
