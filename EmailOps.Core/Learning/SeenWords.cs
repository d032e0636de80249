namespace EmailOps.Core.Learning;

/// <summary>What the features of a word are made of, worked out once.</summary>
/// <param name="Folded">How it is spelt.</param>
/// <param name="Hash">Of its token.</param>
/// <param name="Stem">Hash of its rough stem, for pairs.</param>
/// <param name="Characters">Hashes of its runs of letters.</param>
internal sealed record SeenWord(string Folded, uint Hash, uint Stem, uint[] Characters);

/// <summary>
/// The words that were read lately, for all texts and models: mail after mail is made of the same few thousand, and a word has some thirty runs of letters to hash. Two places a word,
/// the newer pushes out the older; what is lost by a collision is time only. Some 4 MB when full. Thread-safe without locks: a word never changes, and places are written whole.
/// </summary>
internal static class SeenWords
{
    private const int Places = 1 << 14;

    private static readonly SeenWord?[] s_words = new SeenWord?[Places];

    /// <param name="hash">Of the token.</param>
    public static SeenWord Of(ReadOnlySpan<char> folded, uint hash)
    {
        var at = hash % Places;
        if (s_words[at] is { } first && Is(first, folded, hash))
            return first;
        if (s_words[at ^ 1] is { } second && Is(second, folded, hash))
            return second;
        var word = new SeenWord(folded.ToString(), hash, Hash32.OfFoldedWord(Stems.Of(folded)), FeatureHasher.Characters(folded));
        s_words[at ^ 1] = s_words[at];
        s_words[at] = word;
        return word;
    }

    private static bool Is(SeenWord word, ReadOnlySpan<char> folded, uint hash) => word.Hash == hash && folded.SequenceEqual(word.Folded);
}
