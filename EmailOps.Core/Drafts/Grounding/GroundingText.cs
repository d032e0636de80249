using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>A part of a sentence between commas, with the words that count and whether it says no.</summary>
/// <param name="Start">UTF-16 offset.</param>
/// <param name="IsNegated">Says no, once or more: "ne ... pas" and "no ... nunca" deny once.</param>
internal sealed record Clause(int Start, HashSet<uint> Stems, bool IsNegated);

/// <summary>One sentence as the gate compares it.</summary>
/// <param name="Hashes">Every token, for word-for-word comparison.</param>
/// <param name="Stems">Words that carry meaning.</param>
internal sealed record ReadSentence(int Start, int Length, bool IsQuestion, uint[] Hashes, HashSet<uint> Stems, IReadOnlyList<Claim> Claims, IReadOnlyList<Clause> Clauses, IReadOnlyList<uint> Opposites, bool IsLimited)
{
    public bool IsNegated => Clauses.Any(c => c.IsNegated);
}

/// <summary>A text cut into sentences and read once. Immutable.</summary>
internal sealed class GroundingText
{
    /// <summary>UTF-16 units read; a longer draft is nobody's reply.</summary>
    public const int Limit = 20_000;

    private GroundingText(string text, List<ReadSentence> sentences) => (Text, Sentences) = (text, sentences);

    public string Text { get; }
    public IReadOnlyList<ReadSentence> Sentences { get; }

    /// <param name="language">ISO 639-1, for stems and stop words.</param>
    public static GroundingText Read(string text, string language)
    {
        if (text.Length > Limit)
            text = text[..Limit];
        var tokens = new TextTokens();
        tokens.Read(text);
        List<Sentence> found = [];
        Learning.Sentences.Split(text, 0, found);
        List<Claim> claims = [];
        ClaimReader.Read(tokens, claims);
        var sentences = new List<ReadSentence>(found.Count);
        var next = 0;
        foreach (var sentence in found)
        {
            List<Claim> own = [];
            for (; next < claims.Count && claims[next].Start < sentence.End; next++)
                if (claims[next].Start >= sentence.Start)
                    own.Add(claims[next]);
            sentences.Add(ReadOne(tokens, sentence, own, language));
        }
        return new GroundingText(text, sentences);
    }

    private static ReadSentence ReadOne(TextTokens text, Sentence sentence, List<Claim> claims, string language)
    {
        int first = text.TokenAt(sentence.Start), end = text.TokenAt(sentence.End);
        var hashes = new uint[end - first];
        HashSet<uint> stems = [];
        List<Clause> clauses = [];
        List<uint> opposites = [];
        HashSet<uint> own = [];
        var clauseStart = sentence.Start;
        var negated = false;
        var limited = false;
        for (var i = first; i < end; i++)
        {
            var token = text.Tokens[i];
            hashes[i - first] = token.Hash;
            var isBehindMark = i > first && text.Folded[text.Tokens[i - 1].End..token.Start].IndexOfAny(",;:()") >= 0;
            if (own.Count > 0 && (isBehindMark || (own.Count > 1 && GroundingWords.Join.Contains(token.Hash))))
            {
                clauses.Add(new Clause(clauseStart, own, negated));
                (own, negated, clauseStart) = ([], false, token.Start);
            }
            // "No, ..." answers; it turns nothing round.
            var answers = i == first && token.End < text.Text.Length && text.Text[token.End] == ',';
            if (GroundingWords.Not.Contains(token.Hash) && !answers && !(token.Length == 1 && !IsContraction(text, token)))
                negated = true;
            else if (token.Length > 4 && text.FoldedOf(token) is ['n', 'o', 'n', ..] && token.End < text.Text.Length && text.Text[token.End] == '-')
                negated = true;
            limited |= GroundingWords.Limit.Contains(token.Hash);
            if (GroundingWords.Opposites.ContainsKey(token.Hash))
                opposites.Add(token.Hash);
            if (StemOf(text, token, language) is { } stem && !IsClaimed(claims, token))
            {
                stems.Add(stem);
                own.Add(stem);
            }
        }
        if (own.Count > 0 || negated)
            clauses.Add(new Clause(clauseStart, own, negated));
        return new ReadSentence(sentence.Start, sentence.Length, sentence.IsQuestion, hashes, stems, claims, clauses, opposites, limited);
    }

    /// <summary>Stem of a word that carries meaning; null for others.</summary>
    public static uint? StemOf(TextTokens text, in Token token, string language)
    {
        if (token.Kind is TokenKind.Number or TokenKind.Mixed || (token.Kind == TokenKind.Word && token.Length < 3))
            return null;
        if (StopWords.Contains(token.Hash, language) || GroundingWords.Not.Contains(token.Hash) || GroundingWords.Units.ContainsKey(token.Hash))
            return null;
        return Terms.Of(text, token, language);
    }

    private static bool IsContraction(TextTokens text, in Token token) => token.Start > 1 && text.Folded[token.Start - 1] == '\'' && text.Folded[token.Start - 2] == 'n';

    private static bool IsClaimed(List<Claim> claims, in Token token)
    {
        foreach (var claim in claims)
            if (token.Start >= claim.Start && token.End <= claim.End)
                return true;
        return false;
    }
}
