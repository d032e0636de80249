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

/// <summary>A sentence before it is read: enough to see whether it stands somewhere word for word.</summary>
internal readonly record struct SentenceWords(int Start, int Length, uint[] Hashes);

/// <summary>A text cut into sentences, which are read when somebody asks for them: most drafts stand word for word in articles, and then nobody does. Immutable, thread-safe.</summary>
internal sealed class GroundingText
{
    /// <summary>UTF-16 units read; a longer draft is nobody's reply.</summary>
    public const int Limit = 20_000;

    [ThreadStatic]
    private static TextTokens? t_tokens;

    private readonly Lazy<IReadOnlyList<ReadSentence>> _sentences;

    private GroundingText(string text, List<SentenceWords> words, Lazy<IReadOnlyList<ReadSentence>> sentences) => (Text, Words, _sentences) = (text, words, sentences);

    public string Text { get; }
    public IReadOnlyList<SentenceWords> Words { get; }
    /// <summary>As many as <see cref="Words"/>, in the same order.</summary>
    public IReadOnlyList<ReadSentence> Sentences => _sentences.Value;

    /// <param name="language">ISO 639-1, for stems and stop words.</param>
    public static GroundingText Read(string text, string language)
    {
        if (text.Length > Limit)
            text = text[..Limit];
        var tokens = t_tokens ??= new TextTokens();
        tokens.Read(text);
        List<Sentence> found = [];
        Learning.Sentences.Split(text, 0, found);
        return new GroundingText(text, found.ConvertAll(s => WordsOf(tokens, s)), new(() => ReadAll(text, found, language)));
    }

    private static SentenceWords WordsOf(TextTokens text, in Sentence sentence)
    {
        var tokens = text.Tokens[text.TokenAt(sentence.Start)..text.TokenAt(sentence.End)];
        var hashes = new uint[tokens.Length];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = tokens[i].Hash;
        return new SentenceWords(sentence.Start, sentence.Length, hashes);
    }

    private static List<ReadSentence> ReadAll(string text, List<Sentence> found, string language)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
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
        return sentences;
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
