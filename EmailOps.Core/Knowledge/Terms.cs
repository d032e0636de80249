using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge;

/// <summary>Turns tokens into the terms of the index: hashed stems; pairs of ideographs.</summary>
internal static class Terms
{
    public static uint Of(TextTokens text, in Token token, string language) => Of(text, token, LightStemmer.Of(language));

    /// <summary>The same for who has many words of one language.</summary>
    public static uint Of(TextTokens text, in Token token, LightStemmer stemmer)
    {
        if (token.Kind == TokenKind.Ideograph)
        {
            var folded = text.Folded;
            var next = token.End < folded.Length && CharacterTables.Kind(folded[token.End]) == CharacterKind.Ideograph ? folded[token.End] : ' ';
            return Hash32.Step(token.Hash, next);
        }
        return Stem(text, token, stemmer);
    }

    /// <summary>Hash of the stem of a word; of anything else its own.</summary>
    public static uint Stem(TextTokens text, in Token token, LightStemmer stemmer)
    {
        if (token.Kind != TokenKind.Word)
            return token.Hash;
        var word = text.FoldedOf(token);
        var length = stemmer.StemLength(word);
        return length == word.Length ? token.Hash : Hash32.OfFoldedWord(word[..length]);
    }
}
