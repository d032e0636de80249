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
/// 2006, "Online Passive-Aggressive Algorithms", PA-II), repeated until the label leads by a margin. The bias is left alone and a step moves only rows of the text's
/// own features by a bounded length, so that texts which share little with it keep what they had. The same input gives the same model.
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
    /// <summary>How far the right label must lead; training leads by 1 to 2.</summary>
    private const float Lead = 0.75f;
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
        var parts = old with { Vocabulary = vocabulary, Weights = Widened(old, added), Version = version };
        var (rows, values) = TextModelTrainer.Features(vocabulary, texts);
        var alphas = new float[texts.Count * parts.Stride];
        var passes = 0;
        while (passes < MostPasses)
        {
            passes++;
            for (var i = 0; i < texts.Count; i++)
                Step(parts, texts[i], rows[i], values[i], alphas.AsSpan(i * parts.Stride, parts.Stride));
            if (Learned(parts, texts, rows, values))
                return new OnlineResult(new TextModel(parts), true, passes, added);
        }
        return new OnlineResult(new TextModel(parts), false, passes, added);
    }

    private static void Step(TextModelParts parts, in TrainingText text, int[] rows, float[] values, Span<float> alpha)
    {
        Span<float> margins = new float[parts.Stride];
        Span<float> change = new float[parts.Stride];
        TextModel.Score(parts, rows, values, [], margins);
        var slack = Slack / Math.Max(text.Weight, 0.01f);
        var norm = TensorPrimitives.SumOfSquares<float>(values) + slack;
        for (var label = 0; label < parts.Labels.Length; label++)
        {
            var sign = label == text.Label ? 1 : -1;
            var violation = 1 - sign * margins[label] - slack * alpha[label];
            if (sign < 0 && alpha[label] == 0 && violation < LeastViolation)
                continue;
            var next = Math.Clamp(alpha[label] + violation / norm, 0, LongestStep);
            change[label] = sign * (next - alpha[label]);
            alpha[label] = next;
        }
        for (var k = 0; k < rows.Length; k++)
        {
            var weights = parts.Weights.AsSpan(rows[k] * parts.Stride, parts.Stride);
            TensorPrimitives.MultiplyAdd(change, values[k], weights, weights);
        }
    }

    private static bool Learned(TextModelParts parts, IReadOnlyList<TrainingText> texts, int[][] rows, float[][] values)
    {
        Span<float> margins = new float[parts.Stride];
        for (var i = 0; i < texts.Count; i++)
        {
            TextModel.Score(parts, rows[i], values[i], [], margins);
            var right = texts[i].Label < 0 ? 0 : margins[texts[i].Label];
            if (texts[i].Label >= 0)
                margins[texts[i].Label] = float.NegativeInfinity;
            if (right - TensorPrimitives.Max<float>(margins[..parts.Labels.Length]) < Lead)
                return false;
        }
        return true;
    }

    /// <summary>A copy of the weights with rows for new features before those of the switches.</summary>
    private static float[] Widened(TextModelParts old, int added)
    {
        var known = old.Vocabulary.Count * old.Stride;
        var weights = new float[old.Weights.Length + added * old.Stride];
        old.Weights.AsSpan(0, known).CopyTo(weights);
        old.Weights.AsSpan(known).CopyTo(weights.AsSpan(known + added * old.Stride));
        return weights;
    }
}
