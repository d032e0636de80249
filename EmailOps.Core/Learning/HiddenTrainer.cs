using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning;

/// <summary>
/// Fits a <see cref="HiddenLayer"/>: log loss with smoothed labels (Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7), dropout of units
/// (Srivastava et al. 2014), steps by AdaGrad (Duchi et al. 2011), one rate a feature and one a weight behind. One text at a time, in an order
/// that depends only on the seed: the same input gives the same layer.
/// </summary>
internal sealed class HiddenTrainer
{
    private const float Rate = 0.07f;
    private const float Dropped = 0.3f;
    private const float Smoothing = 0.1f;
    private const float Spread = 0.1f;
    private const float FirstSquare = 1e-3f;

    private readonly int _units;
    private readonly int _labels;
    private readonly int _width;
    private readonly float[] _rows, _bias, _outputs, _outputBias;
    private readonly float[] _rowSquares, _biasSquares, _outputSquares, _outputBiasSquares;
    private readonly float[] _active, _mask, _gradient, _error, _step;
    private readonly Random _random;

    private HiddenTrainer(int features, int units, int labels, int seed)
    {
        (_units, _labels, _width) = (units, labels, TextModelParts.StrideOf(labels));
        _random = new Random(seed);
        (_rows, _bias, _outputs, _outputBias) = (new float[features * units], new float[units], new float[units * _width], new float[_width]);
        for (var i = 0; i < _rows.Length; i++)
            _rows[i] = (_random.NextSingle() * 2 - 1) * Spread;
        var spread = MathF.Sqrt(3f / units);
        for (var unit = 0; unit < units; unit++)
            for (var label = 0; label < labels; label++)
                _outputs[unit * _width + label] = (_random.NextSingle() * 2 - 1) * spread;
        (_rowSquares, _biasSquares, _outputSquares, _outputBiasSquares) = (Squares(features), Squares(units), Squares(_outputs.Length), Squares(_width));
        (_active, _mask, _gradient, _error, _step) = (new float[units], new float[units], new float[units], new float[_width], new float[_width]);
    }

    /// <param name="labels">The label of each text; texts with -1 (none) are left out.</param>
    /// <param name="features">Rows below this are learned; others (switches) are left out.</param>
    /// <returns>The layer, and its row of weights for each feature.</returns>
    public static (HiddenLayer Layer, float[] Rows) Fit(int features, int labelCount, IReadOnlyList<int> labels, int[][] rows, float[][] values, IReadOnlyList<float> weights, TrainingSettings settings)
    {
        if (settings.HiddenUnits % Vector<float>.Count != 0)
            throw new ArgumentException($"{settings.HiddenUnits} units are not whole vectors of {Vector<float>.Count}.", nameof(settings));
        var learners = new HiddenTrainer[settings.HiddenLearners];
        Parallel.For(0, learners.Length, i => learners[i] = Learned(features, labelCount, labels, rows, values, weights, settings, i));
        return Joined(learners, features);
    }

    private static HiddenTrainer Learned(int features, int labelCount, IReadOnlyList<int> labels, int[][] rows, float[][] values, IReadOnlyList<float> weights, TrainingSettings settings, int learner)
    {
        var trainer = new HiddenTrainer(features, settings.HiddenUnits, labelCount, settings.Seed + learner);
        int[] order = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] >= 0)];
        var (total, done) = (settings.Epochs * order.Length, 0);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            trainer._random.Shuffle(order);
            foreach (var i in order)
                trainer.Step(labels[i], rows[i], values[i], Rate * (1 - (float)done++ / total), weights[i]);
        }
        return trainer;
    }

    /// <summary>
    /// Learners of different beginnings err differently, and their mean errs less than each (Hansen and Salamon 1990, "Neural Network Ensembles"). The mean of their margins is the margin of one
    /// layer that has all their units, with outputs divided by their number: who predicts sees one layer.
    /// </summary>
    private static (HiddenLayer Layer, float[] Rows) Joined(HiddenTrainer[] learners, int features)
    {
        var units = learners[0]._units;
        var width = units * learners.Length;
        var rows = new float[features * width];
        for (var k = 0; k < learners.Length; k++)
            for (var row = 0; row < features; row++)
                learners[k]._rows.AsSpan(row * units, units).CopyTo(rows.AsSpan(row * width + k * units));
        float[] Mean(float[] sum)
        {
            TensorPrimitives.Divide(sum, learners.Length, sum);
            return sum;
        }
        var bias = new float[learners[0]._outputBias.Length];
        foreach (var learner in learners)
            TensorPrimitives.Add(bias, learner._outputBias, bias);
        return (new HiddenLayer([.. learners.SelectMany(l => l._bias)], Mean([.. learners.SelectMany(l => l._outputs)]), Mean(bias)), rows);
    }

    private void Step(int label, int[] rows, float[] values, float rate, float weight)
    {
        var features = rows.Length;
        while (features > 0 && rows[features - 1] >= _rowSquares.Length)
            features--;
        Forward(label, rows, values, features);
        if (weight != 1)
            TensorPrimitives.Multiply(_error, Math.Min(weight, 10), _error);
        for (var unit = 0; unit < _units; unit++)
        {
            _gradient[unit] = 0;
            if (_mask[unit] == 0)
                continue;
            var outputs = _outputs.AsSpan(unit * _width, _width);
            _gradient[unit] = TensorPrimitives.Dot<float>(outputs, _error) * _mask[unit];
            TensorPrimitives.Multiply(_error, _active[unit], _step);
            AdaGrad(outputs, _outputSquares.AsSpan(unit * _width, _width), _step, rate);
        }
        AdaGrad(_outputBias, _outputBiasSquares, _error, rate);
        AdaGrad(_bias, _biasSquares, _gradient, rate);
        var square = TensorPrimitives.SumOfSquares<float>(_gradient) / _units;
        for (var i = 0; i < features; i++)
        {
            ref var sum = ref _rowSquares[rows[i]];
            sum += values[i] * values[i] * square;
            RowMath.AddScaled(_rows.AsSpan(rows[i] * _units, _units), _gradient, -rate * values[i] / MathF.Sqrt(sum));
        }
    }

    /// <summary>Leaves the units in _active, what is not dropped in _mask, probabilities less the truth in _error.</summary>
    private void Forward(int label, int[] rows, float[] values, int features)
    {
        _bias.CopyTo(_active, 0);
        for (var i = 0; i < features; i++)
            RowMath.AddScaled(_active, _rows.AsSpan(rows[i] * _units, _units), values[i]);
        _outputBias.CopyTo(_error, 0);
        for (var unit = 0; unit < _units; unit++)
        {
            _mask[unit] = _active[unit] > 0 && _random.NextSingle() >= Dropped ? 1 / (1 - Dropped) : 0;
            _active[unit] *= _mask[unit];
            if (_mask[unit] > 0)
                RowMath.AddScaled(_error, _outputs.AsSpan(unit * _width, _width), _active[unit]);
        }
        var error = _error.AsSpan(0, _labels);
        TensorPrimitives.Subtract(error, TensorPrimitives.Max<float>(error), error);
        TensorPrimitives.SoftMax(error, error);
        TensorPrimitives.Subtract(error, Smoothing / _labels, error);
        error[label] -= 1 - Smoothing;
        _error.AsSpan(_labels).Clear();
    }

    private static void AdaGrad(Span<float> weights, Span<float> squares, ReadOnlySpan<float> gradient, float rate)
    {
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var s = MemoryMarshal.Cast<float, Vector<float>>(squares);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var r = new Vector<float>(rate);
        for (var i = 0; i < w.Length; i++)
        {
            s[i] += g[i] * g[i];
            w[i] -= r * g[i] / Vector.SquareRoot(s[i]);
        }
    }

    private static float[] Squares(int count)
    {
        var squares = new float[count];
        squares.AsSpan().Fill(FirstSquare);
        return squares;
    }
}
