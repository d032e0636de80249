namespace EmailOps.Core.Knowledge.Ranking;

/// <summary>A text as a unit vector of few terms out of many.</summary>
internal readonly record struct SparseVector(int[] Terms, float[] Weights);

/// <summary>Texts as vectors of log counts times rarity, with cosine as their likeness. Immutable, thread-safe.</summary>
internal sealed class TermVectors
{
    private readonly Dictionary<uint, int> _ids = [];
    private readonly float[] _rarity;
    private readonly List<(int Row, float Weight)>[] _rowsByTerm;

    public TermVectors(IReadOnlyList<IReadOnlyList<uint>> texts)
    {
        var frequency = new List<int>();
        foreach (var text in texts)
            foreach (var term in text.Distinct())
            {
                if (!_ids.TryGetValue(term, out var id))
                {
                    _ids[term] = id = frequency.Count;
                    frequency.Add(0);
                }
                frequency[id]++;
            }
        _rarity = [.. frequency.Select(f => MathF.Log((texts.Count + 1) / (f + 0.5f)))];
        Rows = [.. texts.Select(Of)];
        _rowsByTerm = [.. frequency.Select(f => new List<(int, float)>(f))];
        for (var row = 0; row < Rows.Count; row++)
            for (var i = 0; i < Rows[row].Terms.Length; i++)
                _rowsByTerm[Rows[row].Terms[i]].Add((row, Rows[row].Weights[i]));
    }

    public IReadOnlyList<SparseVector> Rows { get; }
    public int TermCount => _rarity.Length;

    /// <summary>Terms that no text has are left out.</summary>
    public SparseVector Of(IReadOnlyList<uint> text)
    {
        var counts = new Dictionary<int, int>();
        foreach (var term in text)
            if (_ids.TryGetValue(term, out var id))
                counts[id] = counts.GetValueOrDefault(id) + 1;
        var terms = counts.Keys.ToArray();
        var weights = Array.ConvertAll(terms, t => (1 + MathF.Log(counts[t])) * _rarity[t]);
        return Unit(terms, weights);
    }

    /// <summary>Cosine with every row.</summary>
    public float[] Likeness(in SparseVector vector)
    {
        var likeness = new float[Rows.Count];
        for (var i = 0; i < vector.Terms.Length; i++)
            foreach (var (row, weight) in _rowsByTerm[vector.Terms[i]])
                likeness[row] += weight * vector.Weights[i];
        return likeness;
    }

    /// <summary>The weighted middle of some rows.</summary>
    public SparseVector Middle(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights)
    {
        var sum = new Dictionary<int, float>();
        for (var r = 0; r < rows.Length; r++)
        {
            var row = Rows[rows[r]];
            for (var i = 0; i < row.Terms.Length; i++)
                sum[row.Terms[i]] = sum.GetValueOrDefault(row.Terms[i]) + weights[r] * row.Weights[i];
        }
        var terms = sum.Keys.ToArray();
        return Unit(terms, Array.ConvertAll(terms, t => sum[t]));
    }

    private static SparseVector Unit(int[] terms, float[] weights)
    {
        var length = MathF.Sqrt(weights.Sum(w => w * w));
        return new SparseVector(terms, length > 0 ? Array.ConvertAll(weights, w => w / length) : weights);
    }
}
