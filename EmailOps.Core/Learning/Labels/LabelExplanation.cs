namespace EmailOps.Core.Learning.Labels;

/// <summary>Which words and facts speak most for a label, so that a proposal can say why.</summary>
internal static class LabelExplanation
{
    /// <summary>Words of a text that are looked at; what a mail is about stands in its first ones.</summary>
    private const int MostTokens = 600;

    /// <summary>Buffers of one thread.</summary>
    [ThreadStatic]
    private static HashedFeatures? t_hashed;

    /// <param name="isCommon">Hashes of words that say little; they are named where nothing else speaks for the label.</param>
    /// <returns>At most <paramref name="most"/> of each, the strongest first; only what speaks for it.</returns>
    public static (List<string> Words, List<string> Facts) Of(LabelModel model, TextTokens text, IReadOnlyList<string> facts, int label, int most, Func<uint, bool> isCommon)
    {
        var (features, margins) = (model.Parts.Features, model.Parts.Margins);
        float Weight(int row) => row < 0 ? 0 : margins.Weights[row * margins.Stride + label];
        var hashed = t_hashed ??= new HashedFeatures();
        var count = Math.Min(text.Tokens.Length, MostTokens);
        hashed.Read(text, 0, count);
        var weights = new float[count];
        for (var i = 0; i < count; i++)
        {
            weights[i] += OfFeature(hashed.Words[i]);
            if (i == 0 || i > hashed.TwoWords.Length) continue;
            var both = OfFeature(hashed.TwoWords[i - 1]) / 2;
            (weights[i], weights[i - 1]) = (weights[i] + both, weights[i - 1] + both);
        }
        List<string> words = [];
        foreach (var at in Enumerable.Range(0, count).Where(i => weights[i] > 0 && text.Tokens[i].Kind != TokenKind.Number).OrderBy(i => isCommon(text.Tokens[i].Hash)).ThenByDescending(i => weights[i]))
        {
            var word = text.TextOf(text.Tokens[at]).ToString();
            if (word.Length > 1 && !words.Contains(word, StringComparer.OrdinalIgnoreCase)) words.Add(word);
            if (words.Count == most) break;
        }
        return (words, [.. facts.Select(f => (Fact: f, Weight: Weight(features.FactRow(f)))).Where(f => f.Weight > 0).OrderByDescending(f => f.Weight).Take(most).Select(f => f.Fact)]);

        float OfFeature(uint hash)
        {
            var entry = features.Words.Entry(hash);
            return Vocabulary.RowOf(entry) is >= 0 and var row ? Weight(row) * Vocabulary.WeightOf(entry) : 0;
        }
    }
}
