using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmailOps.Core.Learning;

/// <summary>
/// The hashed features of one text, kept so that they can be looked up in bulk. The characters of a word that comes again stand here once, with how often the word occurs. Buffers are kept,
/// reading again allocates nothing. Not thread-safe.
/// </summary>
internal sealed class HashedFeatures
{
    private const int Heads = 1024;
    /// <summary>Pairs are hashed and written eight at a time, of which the last two are overwritten by the next.</summary>
    private const int Overhang = 8;
    private const int CacheLine = 64;

    private readonly int[] _heads = new int[Heads];
    private KnownWord[] _known = new KnownWord[256];
    private uint[] _words = new uint[64], _twoWords = new uint[64], _characters = new uint[1024], _pairs = new uint[512];
    /// <summary>Stems of all tokens behind the mark of the beginning, and room to read eight at once.</summary>
    private uint[] _stems = new uint[64];
    private int[] _times = new int[1024], _pairsEnd = new int[64];
    private (int Start, int End)[] _charactersOf = new (int, int)[64];
    /// <summary>The words of tokens that have characters.</summary>
    private SeenWord?[] _seen = new SeenWord?[64];
    private int[] _firstOf = new int[64];
    private int _wordCount, _characterCount, _pairCount, _knownCount;

    /// <summary>A word that occurred, at which token first, and the word before it of the same head (1 and up; 0: none).</summary>
    private readonly record struct KnownWord(SeenWord Word, int Token, int Before);

    /// <summary>A token each.</summary>
    public ReadOnlySpan<uint> Words => _words.AsSpan(0, _wordCount);
    /// <summary>A token each but the first.</summary>
    public ReadOnlySpan<uint> TwoWords => _twoWords.AsSpan(0, Math.Max(0, _wordCount - 1));
    public ReadOnlySpan<uint> Characters => _characters.AsSpan(0, _characterCount);
    /// <summary>How often each of <see cref="Characters"/> counts.</summary>
    public ReadOnlySpan<int> Times => _times.AsSpan(0, _characterCount);
    public ReadOnlySpan<uint> Pairs => _pairs.AsSpan(0, _pairCount);
    public int Count => Words.Length + TwoWords.Length + _characterCount + _pairCount;

    /// <summary>Which of <see cref="Characters"/> a token has, by its place among those read.</summary>
    public Range CharactersOf(int token) => _charactersOf[token].Start.._charactersOf[token].End;

    /// <summary>The first token that is the same word: the token itself where the word comes first.</summary>
    public int FirstOf(int token) => _firstOf[token];

    /// <summary>Which of <see cref="Pairs"/> end at a token.</summary>
    public Range PairsOf(int token) => (token == 0 ? 0 : _pairsEnd[token - 1]).._pairsEnd[token];

    public void Read(TextTokens text) => Read(text, 0, text.Tokens.Length);

    public void Read(TextTokens text, int first, int count)
    {
        Fit(ref _words, count);
        Fit(ref _twoWords, count);
        Fit(ref _pairs, (count + 1) * FeatureHasher.Nearness + Overhang);
        Fit(ref _stems, count + 1 + Overhang);
        Fit(ref _charactersOf, count);
        Fit(ref _pairsEnd, count);
        Fit(ref _seen, count);
        Fit(ref _firstOf, count);
        Fit(ref _known, count + 1);
        Array.Clear(_heads);
        (_wordCount, _characterCount, _pairCount, _knownCount) = (count, 0, 0, 0);
        _stems[0] = FeatureHasher.EdgeHash;
        var previous = 0u;
        var tokens = text.Tokens.Slice(first, count);
        Recall(text, tokens);
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            if (_characterCount + FeatureHasher.MostCharacters > _characters.Length)
                Grow();
            var (hash, stem) = (token.Hash, token.Hash);
            (_charactersOf[i], _firstOf[i]) = (default, i);
            if (token.Kind == TokenKind.Number)
                hash = stem = FeatureHasher.NumberHash;
            else if (token.Kind == TokenKind.Ideograph)
                Keep(i, FeatureHasher.Ideographs(text, tokens, i, _characters.AsSpan(_characterCount)));
            else if (_seen[i] is { } word)
            {
                stem = token.Kind == TokenKind.Word ? word.Stem : token.Hash;
                Add(word, i);
            }
            else if (token.Kind == TokenKind.Word)
                stem = Hash32.OfFoldedWord(Stems.Of(text.FoldedOf(token)));
            _words[i] = FeatureHasher.WordHash(hash);
            if (i > 0)
                _twoWords[i - 1] = FeatureHasher.TwoWordsHash(previous, hash);
            previous = hash;
            _stems[i + 1] = stem;
            AddPairs(Math.Max(0, i + 1 - FeatureHasher.Nearness), i + 1, stem);
            if (i == tokens.Length - 1)
                AddPairs(Math.Max(1, i + 2 - FeatureHasher.Nearness), i + 2, ~FeatureHasher.EdgeHash);
            _pairsEnd[i] = _pairCount;
        }
    }

    /// <summary>All words first: they lie far apart in memory, and with nothing else to do the processor fetches several at a time.</summary>
    private void Recall(TextTokens text, ReadOnlySpan<Token> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            var hasCharacters = token.Kind is TokenKind.Word or TokenKind.Mixed && token.Length <= FeatureHasher.LongestWord;
            _seen[i] = hasCharacters ? SeenWords.Of(text.FoldedOf(token), token.Hash) : null;
            if (hasCharacters)
                Prefetch(_seen[i]!.Characters);
        }
    }

    private static unsafe void Prefetch(uint[] characters)
    {
        if (!Sse.IsSupported)
            return;
        // Only an address, not a pointer that is read: it does not matter if the collector moves the memory meanwhile.
        var at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(characters));
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + CacheLine);
    }

    /// <summary>Pairs of a range of stems with one.</summary>
    private void AddPairs(int from, int to, uint with)
    {
        var stems = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_stems), (nuint)from);
        FeatureHasher.PairHash(stems, with).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(_pairs), (nuint)_pairCount);
        _pairCount += to - from;
    }

    /// <summary>The characters of a word, or that they occur once more.</summary>
    private void Add(SeenWord word, int at)
    {
        ref var head = ref _heads[word.Hash % Heads];
        for (var k = head; k > 0; k = _known[k].Before)
        {
            var known = _known[k];
            // The same word is another object when a third one pushed it out meanwhile.
            if (!ReferenceEquals(known.Word, word) && (known.Word.Hash != word.Hash || known.Word.Folded != word.Folded))
                continue;
            var (start, end) = _charactersOf[at] = _charactersOf[known.Token];
            _firstOf[at] = known.Token;
            foreach (ref var times in _times.AsSpan(start, end - start))
                times++;
            return;
        }
        _known[++_knownCount] = new KnownWord(word, at, head);
        head = _knownCount;
        word.Characters.CopyTo(_characters, _characterCount);
        Keep(at, word.Characters.Length);
    }

    /// <summary>Takes in what was written behind the characters.</summary>
    private void Keep(int token, int count)
    {
        _charactersOf[token] = (_characterCount, _characterCount + count);
        _times.AsSpan(_characterCount, count).Fill(1);
        _characterCount += count;
    }

    private void Grow()
    {
        Array.Resize(ref _characters, _characters.Length * 2);
        Array.Resize(ref _times, _characters.Length);
    }

    private static void Fit<T>(ref T[] buffer, int count)
    {
        if (buffer.Length < count)
            buffer = new T[count * 2];
    }
}
