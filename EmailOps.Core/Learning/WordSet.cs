using System.Numerics;

namespace EmailOps.Core.Learning;

/// <summary>Says of most words at once that they are not among those wanted: a bit for each by the low bits of its hash. Most words of a text begin no phrase and are in no list.</summary>
/// <param name="words">How many there will be; room for 32 times as many, so that few others share a bit.</param>
internal sealed class WordFilter(int words)
{
    private readonly ulong[] _bits = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(words, 16, 1 << 16)) / 2];

    public void Add(uint word) => _bits[PlaceOf(word)] |= 1UL << (int)(word % 64);

    public bool MayHave(uint word) => (_bits[PlaceOf(word)] >> (int)(word % 64) & 1) != 0;

    private uint PlaceOf(uint word) => word / 64 & (uint)(_bits.Length - 1);
}

/// <summary>A set of words by the hashes of their tokens, made for being asked about words it does not have. Immutable once filled, then thread-safe.</summary>
internal sealed class WordSet
{
    private readonly WordFilter _filter;
    private readonly HashSet<uint> _words;

    public WordSet(IEnumerable<uint> words)
    {
        _words = [.. words];
        _filter = new WordFilter(_words.Count);
        foreach (var word in _words)
            _filter.Add(word);
    }

    /// <summary>The words of a text, as it is cut into tokens: "I'm" is two.</summary>
    public static WordSet Of(string text)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        return new WordSet(tokens.Tokens.ToArray().Select(t => t.Hash));
    }

    public bool Contains(uint word) => _filter.MayHave(word) && _words.Contains(word);
}
