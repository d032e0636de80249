namespace EmailOps.Core.Knowledge.Search;

/// <summary>When an unknown word is a known one misspelt.</summary>
internal static class Spelling
{
    /// <summary>Least likeness of trigrams for a misspelt word; from the lower one on, one letter may be wrong, missing or too many.</summary>
    public const float LeastLikeness = 0.7f, LeastToCompare = 0.4f;

    /// <summary>Shorter words are not looked for under other spellings, and of one question not more words than these.</summary>
    public const int LeastLength = 5, MostWords = 8;

    /// <summary>Swapped neighbours spoil three trigrams of a short word, so they count however little is left alike: "retrun" is "return".</summary>
    /// <param name="likeness">Dice coefficient of their trigrams.</param>
    public static bool IsMisspelt(ReadOnlySpan<char> asked, ReadOnlySpan<char> known, float likeness)
        => likeness >= LeastLikeness || (likeness >= LeastToCompare && IsOneLetterApart(asked, known)) || AreSwapped(asked, known);

    /// <summary>The word with each two neighbours after the first letter swapped.</summary>
    public static IEnumerable<string> Swaps(string word)
    {
        for (var i = 1; i + 1 < word.Length; i++)
            if (word[i] != word[i + 1])
                yield return string.Concat(word.AsSpan(0, i), [word[i + 1], word[i]], word.AsSpan(i + 2));
    }

    /// <summary>Dice coefficient of trigrams, the edges counted as spaces, so that beginnings weigh more.</summary>
    public static float Likeness(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        var shared = 0;
        Span<bool> taken = stackalloc bool[Math.Min(other.Length, 64)];
        for (var i = 0; i < one.Length; i++)
            for (var j = 0; j < taken.Length; j++)
                if (!taken[j] && At(one, i - 1) == At(other, j - 1) && one[i] == other[j] && At(one, i + 1) == At(other, j + 1))
                {
                    taken[j] = true;
                    shared++;
                    break;
                }
        return one.Length + other.Length == 0 ? 0 : 2f * shared / (one.Length + other.Length);

        static char At(ReadOnlySpan<char> word, int at) => at < 0 || at >= word.Length ? ' ' : word[at];
    }

    /// <summary>One letter changed, left out or put in, after the first.</summary>
    public static bool IsOneLetterApart(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        if (one.IsEmpty || other.IsEmpty || Math.Abs(one.Length - other.Length) > 1 || one[0] != other[0])
            return false;
        var same = one.CommonPrefixLength(other);
        var (left, right) = one.Length == other.Length ? (same + 1, same + 1) : one.Length > other.Length ? (same + 1, same) : (same, same + 1);
        return left <= one.Length && right <= other.Length && one[left..].SequenceEqual(other[right..]);
    }

    private static bool AreSwapped(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        var same = one.CommonPrefixLength(other);
        return one.Length == other.Length && same > 0 && same + 1 < one.Length && one[same] == other[same + 1] && one[same + 1] == other[same] && one[(same + 2)..].SequenceEqual(other[(same + 2)..]);
    }
}
