using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge;

/// <summary>Turns tokens into the terms of the index: hashed stems; pairs of ideographs.</summary>
internal static class Terms
{
    public static uint Of(TextTokens text, in Token token, string language)
    {
        if (token.Kind == TokenKind.Ideograph)
        {
            var folded = text.Folded;
            var next = token.End < folded.Length && CharacterTables.Kind(folded[token.End]) == CharacterKind.Ideograph ? folded[token.End] : ' ';
            return Hash32.Step(token.Hash, next);
        }
        if (token.Kind != TokenKind.Word)
            return token.Hash;
        var word = text.FoldedOf(token);
        return Hash32.OfFolded(word[..LightStemmer.StemLength(word, language)]);
    }
}
