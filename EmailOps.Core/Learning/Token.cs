using System.Runtime.Intrinsics;

namespace EmailOps.Core.Learning;

internal enum TokenKind : byte
{
    Word,
    /// <summary>Digits only.</summary>
    Number,
    /// <summary>Letters and digits.</summary>
    Mixed,
    Ideograph,
}

/// <summary>A piece of text: where it stands and the hash of its folded form. Equal words have equal hashes whatever their case or accents.</summary>
internal readonly record struct Token(int Start, int Length, uint Hash, TokenKind Kind)
{
    public int End => Start + Length;
}

/// <summary>32-bit FNV-1a over UTF-16 units with a finishing mix (Appleby's fmix32), so that low bits can be used as a bucket.</summary>
internal static class Hash32
{
    public const uint Seed = 2166136261;
    public const uint Prime = 16777619;

    public static uint Step(uint hash, uint unit) => (hash ^ unit) * Prime;

    public static uint Mix(uint h)
    {
        h ^= h >> 16;
        h *= 0x85EBCA6B;
        h ^= h >> 13;
        h *= 0xC2B2AE35;
        return h ^ (h >> 16);
    }

    /// <summary><see cref="Mix(uint)"/> of eight.</summary>
    public static Vector256<uint> Mix(Vector256<uint> h)
    {
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        return h ^ (h >> 16);
    }

    /// <summary>Hash of the folded form of a text.</summary>
    public static uint OfFolded(ReadOnlySpan<char> text)
    {
        var hash = Seed;
        foreach (var c in text)
            hash = Step(hash, CharacterTables.Fold(c));
        return hash;
    }

    /// <summary>Hash of text that is folded already.</summary>
    public static uint OfFoldedWord(ReadOnlySpan<char> folded)
    {
        var hash = Seed;
        foreach (var c in folded)
            hash = Step(hash, c);
        return hash;
    }

    public static uint Combine(uint first, uint second) => Step(Step(first, second & 0xFFFF), second >> 16);
}
