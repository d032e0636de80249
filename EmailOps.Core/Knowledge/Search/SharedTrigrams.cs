using System.Runtime.InteropServices;

namespace EmailOps.Core.Knowledge.Search;

/// <summary>How many trigrams each word of an index shares with one that is asked for. Used again without allocating; not thread-safe.</summary>
internal sealed class SharedTrigrams
{
    private readonly List<int> _words = [];
    private int[] _counts = [];

    /// <summary>The words that share any, in the order in which they came.</summary>
    public ReadOnlySpan<int> Words => CollectionsMarshal.AsSpan(_words);

    public int this[int word] => _counts[word];

    /// <param name="words">Words of the index.</param>
    public void Begin(int words)
    {
        foreach (var word in _words)
            _counts[word] = 0;
        _words.Clear();
        if (_counts.Length < words)
            _counts = new int[words];
    }

    public void Add(int word)
    {
        if (_counts[word]++ == 0)
            _words.Add(word);
    }
}
