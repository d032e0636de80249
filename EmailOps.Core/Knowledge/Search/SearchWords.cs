using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge.Search;

/// <summary>A word of a question as PostgreSQL is asked for it.</summary>
/// <param name="Text">As written; a pair of ideographs.</param>
/// <param name="Folded">Lower case, without accents.</param>
/// <param name="IsWord">Letters only: it may be misspelt.</param>
internal sealed record SearchWord(string Text, string Folded, uint Hash, bool IsWord);

/// <summary>Reads texts into what full-text search can take: PostgreSQL cuts at spaces, and some scripts have none.</summary>
internal static class SearchWords
{
    public const int MostQuestion = 2000, MostWords = 40;
    /// <summary>Shorter words are not kept for spelling, nor longer ones.</summary>
    private const int LeastKept = 4, MostKept = 40;

    /// <summary>Different words of a question that say something, in order.</summary>
    public static List<SearchWord> Of(TextTokens text, string language)
    {
        List<SearchWord> words = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tokens = text.Tokens;
        for (var i = 0; i < tokens.Length && words.Count < MostWords; i++)
        {
            var token = tokens[i];
            if (StopWords.Contains(token.Hash, language)) continue;
            var pair = token.Kind == TokenKind.Ideograph;
            if (pair && (i + 1 >= tokens.Length || tokens[i + 1].Kind != TokenKind.Ideograph || tokens[i + 1].Start != token.End)) continue;
            if (!pair && token.Length == 1) continue;
            var length = pair ? 2 : token.Length;
            var folded = text.Folded.Slice(token.Start, length).ToString();
            if (seen.Add(folded)) words.Add(new SearchWord(text.Text.Substring(token.Start, length), folded, token.Hash, token.Kind == TokenKind.Word));
        }
        return words;
    }

    /// <summary>The text with ideographs as overlapping pairs; the text itself where there are none.</summary>
    public static string Spaced(string text)
    {
        var any = false;
        foreach (var c in text)
            if (CharacterTables.Kind(c) == CharacterKind.Ideograph)
            {
                any = true;
                break;
            }
        if (!any) return text;
        var spaced = new System.Text.StringBuilder(text.Length * 3);
        for (var i = 0; i < text.Length; i++)
        {
            if (CharacterTables.Kind(text[i]) != CharacterKind.Ideograph) spaced.Append(text[i]);
            else if (i + 1 < text.Length && CharacterTables.Kind(text[i + 1]) == CharacterKind.Ideograph) spaced.Append(' ').Append(text[i]).Append(text[i + 1]).Append(' ');
        }
        return spaced.ToString();
    }

    /// <summary>Words to read misspelt ones as: folded form to the word itself.</summary>
    public static void AddTo(Dictionary<string, string> words, TextTokens text)
    {
        foreach (ref readonly var token in text.Tokens)
            if (token.Kind == TokenKind.Word && token.Length is >= LeastKept and <= MostKept)
                words.TryAdd(text.FoldedOf(token).ToString(), text.TextOf(token).ToString().ToLowerInvariant());
    }
}
