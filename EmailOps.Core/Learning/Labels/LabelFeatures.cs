using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// Features of a text and of facts about it: the words as in <see cref="FeatureVector"/> (length 1), the facts in rows behind them, weighted by how rare they are
/// and brought to a length of their own, so that many facts do not drown the words. Immutable and thread-safe; readers bring the buffers.
/// </summary>
internal sealed class LabelFeatures
{
    /// <summary>Facts beyond this many are left out: a mailing with random names must not fill the memory.</summary>
    private const int MostFacts = 500_000;

    private readonly Dictionary<string, int> _rows;

    public LabelFeatures(Vocabulary words, string[] facts, float[] factWeights, float factLength)
    {
        (Words, Facts, FactWeights, FactLength) = (words, facts, factWeights, factLength);
        _rows = new Dictionary<string, int>(facts.Length, StringComparer.Ordinal);
        for (var i = 0; i < facts.Length; i++)
            _rows[facts[i]] = i;
    }

    public Vocabulary Words { get; }
    public string[] Facts { get; }
    public float[] FactWeights { get; }
    public float FactLength { get; }
    public int Count => Words.Count + Facts.Length;

    /// <summary>The row of a fact in the weights; -1 when training never saw it.</summary>
    public int FactRow(string fact) => _rows.TryGetValue(fact, out var row) ? Words.Count + row : -1;

    public static LabelFeatures Build(IReadOnlyList<LabelledText> texts, LabelSettings settings)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var fact in text.Facts.Distinct(StringComparer.Ordinal))
                if (counts.Count < MostFacts || counts.ContainsKey(fact))
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, fact, out _)++;
        var kept = counts.Where(c => c.Value >= settings.LeastFacts).OrderBy(c => c.Key, StringComparer.Ordinal).ToArray();
        return new LabelFeatures(Vocabulary.Build(settings.Bits, texts.Select(t => Cut(t.Text)), 1, 2, 2), [.. kept.Select(c => c.Key)],
            [.. kept.Select(c => MathF.Log((1f + texts.Count) / (1f + c.Value)) + 1f)], settings.FactWeight);
    }

    /// <summary>Adds the rows and values of a text and its facts.</summary>
    public void Read(string text, IReadOnlyList<string> facts, LabelScratch scratch)
    {
        scratch.Tokens.Read(Cut(text));
        Read(scratch.Tokens, facts, scratch);
    }

    /// <summary>The same for a text that has been read already.</summary>
    public void Read(TextTokens text, IReadOnlyList<string> facts, LabelScratch scratch)
    {
        var (rows, values) = (scratch.Rows, scratch.Values);
        rows.Clear();
        values.Clear();
        scratch.Vector.Read(Words, text, 0, text.Text.Length <= TextModel.ReadLimit ? text.Tokens.Length : text.TokenAt(TextModel.ReadLimit));
        rows.AddRange(scratch.Vector.Rows);
        values.AddRange(scratch.Vector.Values);
        var first = rows.Count;
        var length = 0f;
        scratch.Seen.Clear();
        foreach (var fact in facts)
            if (_rows.TryGetValue(fact, out var row) && scratch.Seen.Add(row))
            {
                rows.Add(Words.Count + row);
                values.Add(FactWeights[row]);
                length += FactWeights[row] * FactWeights[row];
            }
        if (length > 0)
            for (var i = first; i < values.Count; i++)
                values[i] *= FactLength / MathF.Sqrt(length);
    }

    private static string Cut(string text) => text.Length <= TextModel.ReadLimit ? text : text[..TextModel.ReadLimit];
}

/// <summary>Buffers for reading one text after the other. Not thread-safe.</summary>
internal sealed class LabelScratch
{
    private float[] _margins = [];

    public TextTokens Tokens { get; } = new();
    public FeatureVector Vector { get; } = new();
    public List<int> Rows { get; } = [];
    public List<float> Values { get; } = [];
    public HashSet<int> Seen { get; } = [];

    public Span<float> Margins(int count) => (_margins.Length >= count ? _margins : _margins = new float[count]).AsSpan(0, count);
}
