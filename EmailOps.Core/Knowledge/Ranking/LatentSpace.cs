using System.Numerics.Tensors;

namespace EmailOps.Core.Knowledge.Ranking;

/// <summary>
/// The few directions in which texts differ most (latent semantic analysis, Deerwester et al. 1990): words that stand in like texts point the same way, so a
/// question is near a text that says it in other words. Found by subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4); only the space
/// matters for cosines, not its axes, so no singular values are computed. Immutable, thread-safe.
/// </summary>
internal sealed class LatentSpace
{
    private const int Rounds = 5, Seed = 20_041;
    private readonly float[][] _axesByTerm;
    private readonly float[][] _rows;
    private readonly int _axes;

    /// <param name="axes">How many directions; fewer when there are fewer texts.</param>
    public LatentSpace(TermVectors texts, int axes)
    {
        _axes = Math.Min(axes, Math.Max(1, Math.Min(texts.Rows.Count, texts.TermCount)));
        var random = new Random(Seed);
        // Transposed: an axis is a row, so that making axes independent runs over memory in order.
        var byAxis = new float[_axes][];
        for (var a = 0; a < _axes; a++)
            byAxis[a] = [.. Enumerable.Range(0, texts.TermCount).Select(_ => (float)random.NextDouble() - 0.5f)];
        _axesByTerm = Turned(byAxis, texts.TermCount);
        _rows = [];
        for (var round = 0; round <= Rounds; round++)
        {
            MakeIndependent(byAxis);
            _axesByTerm = Turned(byAxis, texts.TermCount);
            _rows = [.. texts.Rows.Select(Project)];
            if (round == Rounds)
                break;
            var next = new float[texts.TermCount][];
            for (var t = 0; t < next.Length; t++)
                next[t] = new float[_axes];
            for (var r = 0; r < _rows.Length; r++)
                for (var i = 0; i < texts.Rows[r].Terms.Length; i++)
                    TensorPrimitives.MultiplyAdd(_rows[r], texts.Rows[r].Weights[i], next[texts.Rows[r].Terms[i]], next[texts.Rows[r].Terms[i]]);
            byAxis = Turned(next, _axes);
        }
        foreach (var row in _rows)
            Normalise(row);
    }

    /// <summary>Cosine with every row.</summary>
    public float[] Likeness(in SparseVector vector)
    {
        var at = Project(vector);
        Normalise(at);
        return Likeness(at);
    }

    public float[] Likeness(ReadOnlySpan<float> at)
    {
        var likeness = new float[_rows.Length];
        for (var r = 0; r < _rows.Length; r++)
            likeness[r] = TensorPrimitives.Dot(at, _rows[r]);
        return likeness;
    }

    /// <summary>The weighted middle of some rows, as a direction.</summary>
    public float[] Middle(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights)
    {
        var sum = new float[_axes];
        for (var i = 0; i < rows.Length; i++)
            TensorPrimitives.MultiplyAdd(_rows[rows[i]], weights[i], sum, sum);
        Normalise(sum);
        return sum;
    }

    private float[] Project(SparseVector vector)
    {
        var at = new float[_axes];
        for (var i = 0; i < vector.Terms.Length; i++)
            TensorPrimitives.MultiplyAdd(_axesByTerm[vector.Terms[i]], vector.Weights[i], at, at);
        return at;
    }

    /// <summary>Modified Gram-Schmidt; an axis that lies in those before it becomes nothing.</summary>
    private static void MakeIndependent(float[][] axes)
    {
        for (var a = 0; a < axes.Length; a++)
        {
            for (var b = 0; b < a; b++)
                TensorPrimitives.MultiplyAdd(axes[b], -TensorPrimitives.Dot(axes[a], axes[b]), axes[a], axes[a]);
            Normalise(axes[a]);
        }
    }

    private static void Normalise(float[] vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (length > 1e-6f)
            TensorPrimitives.Divide(vector, length, vector);
        else
            Array.Clear(vector);
    }

    private static float[][] Turned(float[][] rows, int columns)
    {
        var turned = new float[columns][];
        for (var c = 0; c < columns; c++)
        {
            turned[c] = new float[rows.Length];
            for (var r = 0; r < rows.Length; r++)
                turned[c][r] = rows[r][c];
        }
        return turned;
    }
}
