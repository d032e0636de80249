using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>What one online step did to a model.</summary>
/// <param name="Model">The new model; the one it was made from stays as it was and may still be in use.</param>
/// <param name="Learned">Whether every text taught now gets its label. False: the bound was reached first (the texts contradict each other, or say nothing).</param>
/// <param name="Steps">Passes over the texts.</param>
/// <param name="NewFeatures">Features of the texts that the model had not seen before.</param>
internal sealed record OnlineResult(TextModel Model, bool Learned, int Steps, int NewFeatures);

/// <summary>
/// Teaches a model a few corrected texts without training it again. Each text is treated as one more example of the training objective and
/// its dual variables are solved for while all others stay fixed (the step of <see cref="MarginTrainer"/>; like the passive-aggressive update of Crammer et al.
/// 2006, "Online Passive-Aggressive Algorithms", PA-II), repeated until the label leads by a margin. Bias and hidden layer are left alone and a step moves only rows of the
/// text's own features by a bounded length, so that texts which share little with it keep what they had. The same input gives the same model.
/// </summary>
internal static class OnlineStep
{
    private const int MostPasses = 40;
    /// <summary>Texts beyond this are a case for training.</summary>
    public const int MostTexts = 256;
    /// <summary>Bound on the sum of steps of one text for one label, in units of its feature vector (length 1). Training keeps below about 2.</summary>
    private const float LongestStep = 2.5f;
    /// <summary>A wrong label is pushed down only when it stands this far on the wrong side of its margin: the rest is noise of training.</summary>
    private const float LeastViolation = 0.25f;
    /// <summary>How far the right label must lead.</summary>
    private const float Lead = 0.4f;
    /// <summary>The margin a text is brought to. Training goes to 1; but a step that goes as far takes the words of the text away from their other meanings (measured: half a point
    /// of accuracy on other texts after 90 corrections, against a gain with this).</summary>
    private const float Margin = 0.4f;
    private const float Slack = 0.05f;

    /// <param name="texts">At most <see cref="MostTexts"/>. Label -1: of none of the labels.</param>
    /// <param name="version">Of the new model.</param>
    public static OnlineResult Teach(TextModel model, IReadOnlyList<TrainingText> texts, string version)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(texts.Count, MostTexts);
        var old = model.Parts;
        foreach (var text in texts)
            if (text.Label < -1 || text.Label >= old.Labels.Length || text.Switches.Any(s => s < 0 || s >= old.Switches))
                throw new ArgumentException($"Label {text.Label} or a switch of a corrected text is not of this model.", nameof(texts));
        var vocabulary = old.Vocabulary.With(texts.Select(t => TextModelTrainer.Cut(t.Text)), old.Figures.Examples, out var added);
        var (rows, values) = TextModelTrainer.Features(vocabulary, texts);
        var lesson = new Lesson(old, vocabulary.Count, texts, rows, values);
        var (passes, learned) = (0, false);
        while (passes < MostPasses && !learned)
        {
            passes++;
            for (var i = 0; i < texts.Count; i++)
                lesson.Step(i);
            learned = lesson.IsLearned();
        }
        return new OnlineResult(new TextModel(lesson.Result() with { Vocabulary = vocabulary, Version = version }), learned, passes, added);
    }

    /// <summary>The rows of the texts as floats while they are moved, and the margins that do not move.</summary>
    private sealed class Lesson
    {
        private readonly TextModelParts _old;
        private readonly int _features;
        private readonly IReadOnlyList<TrainingText> _texts;
        private readonly float[][] _values, _fixed;
        private readonly float[][][] _weights;
        private readonly Dictionary<int, float[]> _moved = [];
        private readonly float[] _alphas, _margins, _change;

        public Lesson(TextModelParts old, int features, IReadOnlyList<TrainingText> texts, int[][] rows, float[][] values)
        {
            (_old, _features, _texts, _values) = (old, features, texts, values);
            (_alphas, _margins, _change) = (new float[texts.Count * old.Stride], new float[old.Stride], new float[old.Stride]);
            (_weights, _fixed) = (new float[texts.Count][][], new float[texts.Count][]);
            for (var i = 0; i < texts.Count; i++)
            {
                _weights[i] = Array.ConvertAll(rows[i], Weights);
                _fixed[i] = [.. old.Bias];
                if (old.Hidden is { } hidden)
                {
                    // The units as they were; the layer stays.
                    var units = new float[old.Width];
                    hidden.Bias.CopyTo(units, old.Stride);
                    old.Rows.AddTo(rows[i].AsSpan(0, Array.FindAll(rows[i], r => r < features).Length), values[i], units);
                    hidden.AddTo(units.AsSpan(old.Stride, hidden.Units), _fixed[i]);
                }
            }
        }

        private float[] Weights(int row)
        {
            if (_moved.TryGetValue(row, out var weights))
                return weights;
            weights = new float[_old.Stride];
            if (row >= _features)
                _old.SwitchWeights.AsSpan((row - _features) * _old.Stride, _old.Stride).CopyTo(weights);
            else if (row < _old.Rows.Count)
                _old.Rows.Read(row, weights);
            return _moved[row] = weights;
        }

        private void Score(int text)
        {
            _fixed[text].CopyTo(_margins, 0);
            for (var k = 0; k < _values[text].Length; k++)
                RowMath.AddScaled(_margins, _weights[text][k], _values[text][k]);
        }

        public void Step(int text)
        {
            Score(text);
            var alpha = _alphas.AsSpan(text * _old.Stride, _old.Stride);
            var slack = Slack / Math.Max(_texts[text].Weight, 0.01f);
            var norm = TensorPrimitives.SumOfSquares<float>(_values[text]) + slack;
            for (var label = 0; label < _old.Labels.Length; label++)
            {
                var sign = label == _texts[text].Label ? 1 : -1;
                var violation = Margin - sign * _margins[label] - slack * alpha[label];
                _change[label] = 0;
                if (sign < 0 && alpha[label] == 0 && violation < LeastViolation)
                    continue;
                var next = Math.Clamp(alpha[label] + violation / norm, 0, LongestStep);
                _change[label] = sign * (next - alpha[label]);
                alpha[label] = next;
            }
            for (var k = 0; k < _values[text].Length; k++)
                RowMath.AddScaled(_weights[text][k], _change, _values[text][k]);
        }

        public bool IsLearned()
        {
            for (var i = 0; i < _texts.Count; i++)
            {
                Score(i);
                var label = _texts[i].Label;
                var right = label < 0 ? 0 : _margins[label];
                if (label >= 0)
                    _margins[label] = float.NegativeInfinity;
                if (right - TensorPrimitives.Max<float>(_margins.AsSpan(0, _old.Labels.Length)) < Lead)
                    return false;
            }
            return true;
        }

        public TextModelParts Result()
        {
            var switches = (float[])_old.SwitchWeights.Clone();
            foreach (var (row, weights) in _moved)
                if (row >= _features)
                    weights.CopyTo(switches, (row - _features) * _old.Stride);
            return _old with { Rows = _old.Rows.With(_features, _moved.Where(m => m.Key < _features)), SwitchWeights = switches };
        }
    }
}
