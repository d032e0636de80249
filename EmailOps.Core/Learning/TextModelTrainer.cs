using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>A text with its label (index) and the switches that are on for it.</summary>
internal readonly record struct TrainingText(string Text, int Label, int[] Switches);

/// <summary>How a model is trained. The defaults were chosen by cross-validation on the sample training set.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Two to this power buckets.</summary>
    public int Bits { get; init; } = 18;
    public int Epochs { get; init; } = 12;
    public float LearningRate { get; init; } = 1f;
    /// <summary>Where AdaGrad's sums of squares begin: with small values the first steps ignore how large a feature is.</summary>
    public float FirstSquares { get; init; } = 1f;
    /// <summary>L2 penalty on the features a text touches.</summary>
    public float Decay { get; init; } = 2e-5f;
    public int LeastWords { get; init; } = 1;
    public int LeastCharacters { get; init; } = 2;
    /// <summary>One text in so many is held out for the temperature.</summary>
    public int HoldOutEvery { get; init; } = 5;
    public int Seed { get; init; } = 17;
}

/// <summary>
/// Trains <see cref="TextModel"/>s: stochastic gradient descent with AdaGrad step sizes (Duchi et al. 2011) on the multinomial log loss.
/// First on four fifths, to fit the temperature on the rest and to measure; then on everything.
/// </summary>
internal static class TextModelTrainer
{
    /// <param name="extra">Texts to learn from that are not like those to be predicted; never held out and not measured.</param>
    /// <exception cref="ArgumentException">Fewer than two labels, or a label without a single text.</exception>
    public static TextModel Train(string[] labels, IReadOnlyList<TrainingText> texts, int switches, string version, TimeProvider clock, TrainingSettings? settings = null, IReadOnlyList<TrainingText>? extra = null)
    {
        settings ??= new TrainingSettings();
        if (labels.Length < 2)
            throw new ArgumentException($"A model needs at least two labels, there are {labels.Length}.", nameof(labels));
        for (var label = 0; label < labels.Length; label++)
            if (!texts.Any(t => t.Label == label))
                throw new ArgumentException($"There is no training text for \"{labels[label]}\". Add some, or take the label out.", nameof(texts));
        var started = clock.GetTimestamp();
        var order = Shuffled(texts.Count, settings.Seed);
        var (fit, held) = Split(texts, order, settings.HoldOutEvery);
        var trial = Fit(labels, [.. fit, .. extra ?? []], switches, settings, version);
        var temperature = 1f;
        var figures = new TrainingFigures(texts.Count, held.Count, 0, 0, 0, 0);
        if (held.Count > 0)
        {
            var margins = Margins(trial, held);
            temperature = Calibration.FitTemperature(margins, held.ConvertAll(t => t.Label), labels.Length);
            figures = Calibration.Measure(margins, held.ConvertAll(t => t.Label), labels.Length, temperature) with { Examples = texts.Count };
        }
        var whole = Fit(labels, [.. order.Select(i => texts[i]), .. extra ?? []], switches, settings, version);
        return new TextModel(whole with { Temperature = temperature, Figures = figures with { Seconds = clock.GetElapsedTime(started).TotalSeconds } });
    }

    /// <summary>Margins of each text, <see cref="TextModelParts.Stride"/> apart.</summary>
    internal static float[][] Margins(TextModelParts parts, List<TrainingText> texts)
    {
        var tokens = new TextTokens();
        var vector = new FeatureVector();
        var result = new float[texts.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            Read(parts.Vocabulary, texts[i].Text, tokens, vector);
            result[i] = new float[parts.Stride];
            TextModel.Score(parts, vector.Rows, vector.Values, texts[i].Switches, result[i]);
        }
        return result;
    }

    internal static TextModelParts Fit(string[] labels, List<TrainingText> texts, int switches, TrainingSettings settings, string version)
    {
        var vocabulary = Vocabulary.Build(settings.Bits, texts.Select(t => Cut(t.Text)), settings.LeastWords, settings.LeastCharacters);
        var stride = TextModelParts.StrideOf(labels.Length);
        var parts = new TextModelParts
        {
            Labels = labels,
            Vocabulary = vocabulary,
            Switches = switches,
            Weights = new float[(vocabulary.Count + switches) * stride],
            Bias = new float[stride],
            Temperature = 1,
            Version = version,
            Figures = new TrainingFigures(texts.Count, 0, 0, 0, 0, 0),
        };
        var tokens = new TextTokens();
        var vector = new FeatureVector();
        var rows = new int[texts.Count][];
        var values = new float[texts.Count][];
        for (var i = 0; i < texts.Count; i++)
        {
            Read(vocabulary, texts[i].Text, tokens, vector);
            // A switch is a feature like any other, in the rows behind the vocabulary.
            rows[i] = [.. vector.Rows, .. texts[i].Switches.Select(s => vocabulary.Count + s)];
            values[i] = [.. vector.Values, .. texts[i].Switches.Select(_ => TextModelParts.SwitchValue)];
        }
        Descend(parts, texts, rows, values, settings);
        return parts;
    }

    private static void Descend(TextModelParts parts, List<TrainingText> texts, int[][] rows, float[][] values, TrainingSettings settings)
    {
        var (stride, labels) = (parts.Stride, parts.Labels.Length);
        var squares = new float[parts.Weights.Length];
        squares.AsSpan().Fill(settings.FirstSquares);
        var biasSquares = new float[stride];
        biasSquares.AsSpan().Fill(1f);
        var error = new float[stride];
        var gradient = new float[stride];
        var step = new float[stride];
        var order = Shuffled(texts.Count, settings.Seed);
        var random = new Random(settings.Seed);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = settings.LearningRate / MathF.Sqrt(1 + epoch * 0.3f);
            foreach (var i in order)
            {
                TextModel.Score(parts, rows[i], values[i], [], error);
                var probabilities = error.AsSpan(0, labels);
                TensorPrimitives.SoftMax(probabilities, probabilities);
                error.AsSpan(labels).Clear();
                error[texts[i].Label] -= 1;
                Step(parts.Bias, biasSquares, error, step, rate);
                for (var k = 0; k < rows[i].Length; k++)
                {
                    var weights = parts.Weights.AsSpan(rows[i][k] * stride, stride);
                    TensorPrimitives.Multiply(error, values[i][k], gradient);
                    TensorPrimitives.MultiplyAdd(weights, settings.Decay, gradient, gradient);
                    Step(weights, squares.AsSpan(rows[i][k] * stride, stride), gradient, step, rate);
                }
            }
        }
    }

    private static void Step(Span<float> weights, Span<float> squares, ReadOnlySpan<float> gradient, Span<float> step, float rate)
    {
        TensorPrimitives.MultiplyAdd(gradient, gradient, squares, squares);
        TensorPrimitives.Sqrt(squares, step);
        TensorPrimitives.Divide(gradient, step, step);
        TensorPrimitives.MultiplyAdd(step, -rate, weights, weights);
    }

    private static void Read(Vocabulary vocabulary, string text, TextTokens tokens, FeatureVector vector)
    {
        tokens.Read(Cut(text));
        vector.Read(vocabulary, tokens, 0, tokens.Tokens.Length);
    }

    private static string Cut(string text) => text.Length <= TextModel.ReadLimit ? text : text[..TextModel.ReadLimit];

    /// <summary>Every n-th text of each label is held out, so that small labels are measured too.</summary>
    internal static (List<TrainingText> Fit, List<TrainingText> Held) Split(IReadOnlyList<TrainingText> texts, int[] order, int every)
    {
        List<TrainingText> fit = [], held = [];
        var seen = new Dictionary<int, int>();
        foreach (var i in order)
        {
            var nth = seen[texts[i].Label] = seen.GetValueOrDefault(texts[i].Label) + 1;
            (nth % every == 0 ? held : fit).Add(texts[i]);
        }
        return (fit, held);
    }

    private static int[] Shuffled(int count, int seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(order);
        return order;
    }
}
