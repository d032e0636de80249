using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class WordSetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(100_000)]
    public void A_set_has_the_words_it_was_given_and_no_others(int words)
    {
        var random = new Random(words);
        HashSet<uint> given = [.. Enumerable.Range(0, words).Select(_ => (uint)random.NextInt64(uint.MaxValue))];
        var set = new WordSet(given);
        Assert.All(given.Append(0u), w => Assert.Equal(given.Contains(w), set.Contains(w)));
        for (var i = 0; i < 10_000; i++)
        {
            var word = (uint)random.NextInt64(uint.MaxValue);
            Assert.Equal(given.Contains(word), set.Contains(word));
        }
    }

    [Fact]
    public void Words_of_a_text_are_its_tokens_folded()
    {
        var set = WordSet.Of("Grüße I'm");
        Assert.True(set.Contains(Hash32.OfFolded("GRUSSE")) || set.Contains(Hash32.OfFolded("Grüße")));
        Assert.True(set.Contains(Hash32.OfFolded("i")) && set.Contains(Hash32.OfFolded("m")));
        Assert.False(set.Contains(Hash32.OfFolded("im")));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 16)]
    [InlineData(5_000, 20)]
    public void Hashed_rows_are_found_whole_and_nothing_else_is(int count, int length)
    {
        var random = new Random(count);
        var rows = new Dictionary<uint, float[]>();
        while (rows.Count < count)
            rows[rows.Count == 0 ? 0 : (uint)random.NextInt64(uint.MaxValue)] = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
        var hashed = new HashedRows(rows, length);
        foreach (var (key, row) in rows)
        {
            Assert.Equal(row, hashed.Find(key)[..length].ToArray());
            Assert.False(hashed.Find(key)[length..].ContainsAnyExcept(0f));
        }
        for (var i = 0; i < 1_000; i++)
            if ((uint)random.NextInt64(uint.MaxValue) is var other && !rows.ContainsKey(other))
                Assert.True(hashed.Find(other).IsEmpty);
    }

    [Fact]
    public void Letters_are_counted_as_the_runtime_knows_them()
    {
        var text = string.Concat(Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c));
        var expected = new LetterCount(text.Count(char.IsLetter), text.Count(c => char.IsUpper(c) || char.IsLower(c)), text.Count(char.IsUpper));
        Assert.Equal(expected, LetterCount.Of(text));
        Assert.Equal(expected, LetterCount.Of(text.AsSpan(0, 100)) + LetterCount.Of(text.AsSpan(100)));
        Assert.True(text.Count(c => char.GetUnicodeCategory(c) == UnicodeCategory.UppercaseLetter) == expected.Capitals);
    }
}
