using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

/// <summary>What a text's features are, said as simply as possible, against the code that reads them with a memory for words, eight pairs at once and without looking for rows.</summary>
public sealed class FeaturesTests
{
    private static readonly string[] s_texts =
    [
        "", "one", "My order 10477 and my Order 99 have not arrived, the ORDERS are late!", "注文した商品が届きません。注文番号は 12345 です。", "a b c d e f g h a b c d e f g h",
        "running runs ran quickly NO-1047781 1Z999AA10123456784 " + new string('x', 40) + " ingly ings",
        string.Join(' ', Enumerable.Range(0, 3000).Select(i => $"word{i % 700} wort{i % 13}")),
    ];

    public static TheoryData<int> Texts => [.. Enumerable.Range(0, s_texts.Length)];

    [Theory, MemberData(nameof(Texts))]
    public void Features_are_those_of_their_definition(int text)
    {
        var (tokens, features) = (new TextTokens(), new HashedFeatures());
        // Before and after a longer text: nothing of it may be left over.
        foreach (var _ in (int[])[0, 1])
        {
            tokens.Read(s_texts[text]);
            features.Read(tokens);
            Assert.Equal([.. Hashes(tokens).Select(FeatureHasher.WordHash)], features.Words.ToArray());
            Assert.Equal([.. Hashes(tokens).Zip(Hashes(tokens).Skip(1), FeatureHasher.TwoWordsHash)], features.TwoWords.ToArray());
            Assert.Equal(Pairs(tokens), features.Pairs.ToArray());
            for (var i = 0; i < tokens.Tokens.Length; i++)
                Assert.Equal(Characters(tokens, i), features.Characters[features.CharactersOf(i)].ToArray());
            Assert.Equal(Enumerable.Range(0, tokens.Tokens.Length).SelectMany(i => Characters(tokens, i)).CountBy(h => h).OrderBy(p => p.Key),
                features.Characters.ToArray().Zip(features.Times.ToArray()).GroupBy(p => p.First).Select(g => KeyValuePair.Create(g.Key, g.Sum(p => p.Second))).OrderBy(p => p.Key));
            tokens.Read(s_texts[^1]);
            features.Read(tokens);
        }
    }

    [Theory, MemberData(nameof(Texts))]
    public void A_vector_has_each_known_row_once_weighed_by_its_count(int text)
    {
        // Few buckets, so that features of all kinds meet in one row.
        var vocabulary = Vocabulary.Build(8, s_texts.Take(5), 1, 1, 2);
        var (tokens, features, vector) = (new TextTokens(), new HashedFeatures(), new FeatureVector());
        tokens.Read(s_texts[^1]);
        vector.Read(vocabulary, tokens, 0, tokens.Tokens.Length);
        tokens.Read(s_texts[text]);
        features.Read(tokens);
        vector.Read(vocabulary, tokens, 0, tokens.Tokens.Length);

        uint[][] blocks = [[.. features.Words, .. features.TwoWords], [.. features.Characters.ToArray().Zip(features.Times.ToArray()).SelectMany(p => Enumerable.Repeat(p.First, p.Second))], [.. features.Pairs]];
        var counts = blocks.SelectMany(b => b).Select(vocabulary.Row).Where(r => r >= 0).CountBy(r => r).ToDictionary();
        HashSet<int> before = [];
        var rows = blocks.Select(b => b.Select(vocabulary.Row).Where(r => r >= 0 && before.Add(r)).ToArray()).ToArray();
        Assert.Equal(rows.SelectMany(r => r), vector.Rows.ToArray());
        var used = rows.Count(r => r.Length > 0);
        List<double> expected = [];
        foreach (var block in rows)
        {
            double[] raw = [.. block.Select(r => vocabulary.InverseDocumentFrequency[r] * (1 + Math.Log(counts[r])))];
            expected.AddRange(raw.Select(v => v / Math.Sqrt(raw.Sum(x => x * x) * used)));
        }
        Assert.All(expected.Zip(vector.Values.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));
        Assert.Equal(tokens.Tokens.Length == 0 ? 1 : Hashes(tokens).Count(h => vocabulary.Row(FeatureHasher.WordHash(h)) < 0) / (double)tokens.Tokens.Length, vector.UnknownWords, 1e-6);
    }

    [Fact]
    public void Words_that_push_each_other_out_of_memory_are_read_right_by_all_threads()
        => Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 40_000; i++)
            {
                var word = $"w{(i * 7919 + thread) % 50_000}";
                var seen = SeenWords.Of(word, Hash32.OfFoldedWord(word));
                Assert.Equal(word, seen.Folded);
                if (i % 100 == 0)
                    Assert.Equal(FeatureHasher.Characters(word), seen.Characters);
            }
        });

    private static uint RunHash(ReadOnlySpan<char> run) => Hash32.Mix(Hash32.OfFoldedWord(run) ^ FeatureHasher.CharacterSpace);

    private static uint HashOf(in Token token) => token.Kind == TokenKind.Number ? FeatureHasher.NumberHash : token.Hash;

    private static List<uint> Hashes(TextTokens text) => [.. text.Tokens.ToArray().Select(t => HashOf(t))];

    private static uint[] Pairs(TextTokens text)
    {
        List<uint> stems = [FeatureHasher.EdgeHash];
        foreach (var token in text.Tokens)
            stems.Add(token.Kind == TokenKind.Word ? Hash32.OfFoldedWord(Stems.Of(text.FoldedOf(token))) : HashOf(token));
        List<uint> pairs = [];
        for (var i = 1; i < stems.Count; i++)
            pairs.AddRange(stems[Math.Max(0, i - FeatureHasher.Nearness)..i].Select(before => FeatureHasher.PairHash(before, stems[i])));
        pairs.AddRange(stems.Skip(1).TakeLast(FeatureHasher.Nearness).Select(s => FeatureHasher.PairHash(~FeatureHasher.EdgeHash, s)));
        return stems.Count == 1 ? [] : [.. pairs];
    }

    /// <summary>Runs of 2 to 5 characters with a space at both ends; of ideographs 2 to 4 that touch.</summary>
    private static uint[] Characters(TextTokens text, int at)
    {
        var token = text.Tokens[at];
        if (token.Kind == TokenKind.Number || (token.Kind != TokenKind.Ideograph && token.Length > FeatureHasher.LongestWord))
            return [];
        if (token.Kind != TokenKind.Ideograph)
        {
            var word = $" {string.Concat(text.FoldedOf(token).ToString().Select(c => char.IsAsciiDigit(c) ? '0' : c))} ";
            return [.. Enumerable.Range(0, word.Length).SelectMany(start => Enumerable.Range(2, 4).Where(n => start + n <= word.Length).Select(n => RunHash(word.AsSpan(start, n))))];
        }
        var touching = 1;
        while (touching < 4 && at + touching < text.Tokens.Length && text.Tokens[at + touching] is { Kind: TokenKind.Ideograph } next && next.Start == token.Start + touching)
            touching++;
        return [.. Enumerable.Range(2, Math.Max(0, touching - 1)).Select(n => RunHash(text.Folded.Slice(token.Start, n)))];
    }
}
