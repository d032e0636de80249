using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge.Meaning;

/// <summary>
/// Words of support mail that mean the same, in several languages, by the longest known beginning: "Rückerstattung", "refunded" and "remboursement" are one concept. What makes
/// questions find articles of another language without a model.
/// </summary>
internal static class Concepts
{
    /// <summary>Shorter beginnings stand only for themselves.</summary>
    private const int LeastBeginning = 4;
    private static readonly Dictionary<uint, int> s_beginnings = Load();
    private static readonly int s_longest = 20;

    /// <returns>The concept's number; null when the word has none.</returns>
    public static int? Of(ReadOnlySpan<char> folded)
    {
        if (s_beginnings.TryGetValue(Hash32.OfFoldedWord(folded), out var whole)) return whole;
        for (var length = Math.Min(folded.Length, s_longest); length >= LeastBeginning; length--)
            if (s_beginnings.TryGetValue(Hash32.OfFoldedWord(folded[..length]) ^ Beginning, out var concept)) return concept;
        return null;
    }

    private const uint Beginning = 0x42656769;

    /// <summary>A line a concept, words apart by spaces; a word ending in * stands for all that begin so. Sample: <c>refund* reimburs* erstatt* ruckerstatt* rembours*</c>.</summary>
    private static Dictionary<uint, int> Load()
    {
        using var stream = typeof(Concepts).Assembly.GetManifestResourceStream("EmailOps.Core.Knowledge.Meaning.concepts.txt") ?? throw new InvalidOperationException("The concepts are not embedded.");
        using var reader = new StreamReader(stream);
        var beginnings = new Dictionary<uint, int>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith('#')) continue;
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                beginnings[word.EndsWith('*') ? Hash32.OfFolded(word.AsSpan(0, word.Length - 1)) ^ Beginning : Hash32.OfFolded(word)] = number;
        }
        return beginnings;
    }
}
