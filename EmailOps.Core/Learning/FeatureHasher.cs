using System.Runtime.Intrinsics;

namespace EmailOps.Core.Learning;

/// <summary>
/// Word 1-2-grams, character 2-5-grams and pairs of stems within a few words of each other, as hashes. Digits count as one shape (an order number says "a number", not which),
/// and runs of ideographs are read as one word without edges. <see cref="HashedFeatures"/> puts those of a text together.
/// </summary>
internal static class FeatureHasher
{
    private const int LongestGram = 5, LongestIdeographs = 4;
    /// <summary>Longer "words" are base64 and the like; their inside says nothing.</summary>
    public const int LongestWord = 32;
    /// <summary>Most runs of letters of one token.</summary>
    public const int MostCharacters = (LongestGram - 1) * (LongestWord + 1);
    /// <summary>Words between which a pair is a feature: "my card ... not arrived".</summary>
    public const int Nearness = 6;
    /// <summary>A hash for all numbers.</summary>
    public const uint NumberHash = 0x9E3779B1;
    /// <summary>Marks where the text begins, for pairs; its complement, where it ends.</summary>
    public const uint EdgeHash = 0x85EBCA77;
    private const uint WordSpace = 0x51ED270B;
    private const uint PairSpace = 0xB5297A4D;
    /// <summary>Keeps runs of letters apart from words that hash alike.</summary>
    public const uint CharacterSpace = 0x68E31DA4;
    private const uint NearSpace = 0x2F0B4C47;

    /// <summary>The feature of a single word, from the hash of its token.</summary>
    public static uint WordHash(uint token) => Hash32.Mix(token ^ WordSpace);

    /// <summary>The feature of two words in a row.</summary>
    public static uint TwoWordsHash(uint first, uint second) => Hash32.Mix(Hash32.Combine(first, second) ^ PairSpace);

    /// <summary>The feature of two stems near each other, in either order.</summary>
    public static uint PairHash(uint a, uint b) => Hash32.Mix(Hash32.Combine(Math.Min(a, b), Math.Max(a, b)) ^ NearSpace);

    /// <summary><see cref="PairHash(uint, uint)"/> of eight stems with one: pairs are a third of a text's features.</summary>
    public static Vector256<uint> PairHash(Vector256<uint> stems, uint with)
    {
        var other = Vector256.Create(with);
        var (low, high) = (Vector256.Min(stems, other), Vector256.Max(stems, other));
        var hash = (low ^ (high & Vector256.Create(0xFFFFu))) * Hash32.Prime;
        hash = ((hash ^ (high >> 16)) * Hash32.Prime) ^ Vector256.Create(NearSpace);
        return Hash32.Mix(hash);
    }

    /// <summary>Hashes of 2 to 5 characters within a word, its edges included.</summary>
    public static uint[] Characters(ReadOnlySpan<char> folded)
    {
        Span<uint> hashes = stackalloc uint[MostCharacters];
        var count = 0;
        // Positions -1 and Length stand for the edges of the word.
        for (var start = -1; start < folded.Length; start++)
        {
            var hash = Hash32.Seed;
            var end = Math.Min(start + LongestGram, folded.Length + 1);
            for (var k = start; k < end; k++)
            {
                uint c = k < 0 || k >= folded.Length ? ' ' : folded[k];
                if (c - '0' <= 9)
                    c = '0';
                hash = Hash32.Step(hash, c);
                if (k > start)
                    hashes[count++] = Hash32.Mix(hash ^ CharacterSpace);
            }
        }
        return hashes[..count].ToArray();
    }

    /// <summary>Hashes of 2 to 4 ideographs that begin at a token; the next ones must touch it.</summary>
    /// <returns>How many there are.</returns>
    public static int Ideographs(TextTokens text, ReadOnlySpan<Token> tokens, int at, Span<uint> hashes)
    {
        var folded = text.Folded;
        var hash = Hash32.Step(Hash32.Seed, folded[tokens[at].Start]);
        var count = 0;
        for (var k = 1; k < LongestIdeographs && at + k < tokens.Length; k++)
        {
            if (tokens[at + k].Kind != TokenKind.Ideograph || tokens[at + k].Start != tokens[at].Start + k)
                break;
            hash = Hash32.Step(hash, folded[tokens[at + k].Start]);
            hashes[count++] = Hash32.Mix(hash ^ CharacterSpace);
        }
        return count;
    }
}
