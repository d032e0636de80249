using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>A text with its label (index) and the switches that are on for it.</summary>
/// <param name="Label">-1: none of the labels; it teaches all of them what they are not.</param>
/// <param name="Weight">How much the text counts against others; above 0. A person's correction is worth more than a seed example: <see cref="Corrected"/>.</param>
internal readonly record struct TrainingText(string Text, int Label, int[] Switches, float Weight = 1)
{
    /// <summary>The weight of a text whose label a person gave or confirmed.</summary>
    public const float Corrected = 4;
}

/// <summary>How a model is trained. The defaults were chosen by cross-validation on the sample training set.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Two to this power buckets.</summary>
    public int Bits { get; init; } = 18;
    public int Epochs { get; init; } = 10;
    /// <summary>What a text on the wrong side of its margin costs against large weights (C of the literature).</summary>
    public float Cost { get; init; } = 2f;
    public int LeastWords { get; init; } = 1;
    public int LeastCharacters { get; init; } = 2;
    public int LeastPairs { get; init; } = 2;
    /// <summary>One text in so many is held out for the calibration.</summary>
    public int HoldOutEvery { get; init; } = 5;
    public int Seed { get; init; } = 17;
    /// <summary>Units of the <see cref="HiddenLayer"/> that each learner adds; a multiple of 8, of all learners together one of 16. 0: none.</summary>
    public int HiddenUnits { get; init; } = 24;
    /// <summary>How often the layer is learned, from different beginnings; the mean counts.</summary>
    public int HiddenLearners { get; init; } = 2;
    /// <summary>With fewer texts a hidden layer learns them by heart and helps nothing.</summary>
    public int LeastTextsForHidden { get; init; } = 3_000;
    /// <summary>The hidden layer's part of the margins, 0-1, both brought to the same temperature.</summary>
    public float HiddenShare { get; init; } = 0.4f;
}

/// <summary>
/// Trains <see cref="TextModel"/>s: one margin per label (<see cref="MarginTrainer"/>). First on four fifths, to calibrate on the rest and to measure; then on everything.
/// </summary>
internal static class TextModelTrainer
{
    /// <summary>
    /// The most likely temperature lets unlikely labels speak against the best one; at a lower one its lead over the second decides, which tells right from wrong better (measured on
    /// banking77 and HWU64: 0.14 points more right among the 90 % most confident). The calibration of the best label, which follows, makes the probability true again; it takes some texts.
    /// </summary>
    private const float Sharpness = 0.6f;
    private const int LeastForSharpness = 500;

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
        // The trial and the model itself do not depend on each other. In halves on two cores they take half the time.
        var (trial, whole) = (Untied.None, Untied.None);
        Parallel.Invoke(
            () => trial = held.Count > 0 ? FitUntied(labels, [.. fit, .. extra ?? []], switches, settings, version) : trial,
            () => whole = FitUntied(labels, [.. order.Select(i => texts[i]), .. extra ?? []], switches, settings, version));
        if (held.Count == 0)
            return new TextModel(Tie(whole, 1, 0) with { Figures = new TrainingFigures(texts.Count, 0, 0, 0, 0, clock.GetElapsedTime(started).TotalSeconds) });
        var truth = held.ConvertAll(t => t.Label);
        var (linearPart, hiddenPart) = Shares(trial, held, truth, settings);
        var tied = Tie(trial, linearPart, hiddenPart);
        var unknown = new float[held.Count];
        var margins = Margins(tied, held, unknown);
        var temperature = Calibration.FitTemperature(margins, truth, labels.Length) * (held.Count >= LeastForSharpness ? Sharpness : 1);
        var calibration = Calibration.FitTop(margins, truth, labels.Length, temperature);
        var scope = new ScopeTest([.. margins.Select((m, i) => ScopeTest.Score(TensorPrimitives.Max<float>(m.AsSpan(0, labels.Length)), unknown[i]))]);
        var figures = Calibration.Measure(margins, truth, labels.Length, temperature, calibration) with { Examples = texts.Count };
        return new TextModel(Tie(whole, linearPart, hiddenPart) with
        {
            Temperature = temperature,
            Calibration = calibration,
            Scope = scope,
            Figures = figures with { Seconds = clock.GetElapsedTime(started).TotalSeconds },
        });
    }

    /// <summary>Margins of each text; what is behind the labels is no margin.</summary>
    /// <param name="unknown">Gets the share of words that training never saw; may be empty.</param>
    internal static float[][] Margins(TextModelParts parts, List<TrainingText> texts, Span<float> unknown)
    {
        var tokens = new TextTokens();
        var vector = new FeatureVector();
        var result = new float[texts.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            Read(parts.Vocabulary, texts[i].Text, tokens, vector);
            result[i] = new float[parts.Width];
            parts.Score(vector.Rows, vector.Values, texts[i].Switches, result[i]);
            if (!unknown.IsEmpty)
                unknown[i] = vector.UnknownWords;
        }
        return result;
    }

    /// <summary>The linear part alone, uncalibrated.</summary>
    internal static TextModelParts Fit(string[] labels, List<TrainingText> texts, int switches, TrainingSettings settings, string version)
        => Tie(FitUntied(labels, texts, switches, settings with { HiddenUnits = 0 }, version), 1, 0);

    /// <summary>Linear margins and hidden layer, learned apart and not yet added up.</summary>
    private sealed record Untied(string[] Labels, Vocabulary Vocabulary, MarginWeights Linear, (HiddenLayer Layer, float[] Rows)? Hidden, string Version)
    {
        public static Untied None { get; } = new([], new Vocabulary(1, [], []), new MarginWeights(0, 0), null, "");
    }

    private static Untied FitUntied(string[] labels, List<TrainingText> texts, int switches, TrainingSettings settings, string version)
    {
        var vocabulary = Vocabulary.Build(settings.Bits, texts.Select(t => Cut(t.Text)), settings.LeastWords, settings.LeastCharacters, settings.LeastPairs);
        var (rows, values) = Features(vocabulary, texts);
        var (truth, weights) = (texts.ConvertAll(t => t.Label), texts.ConvertAll(t => t.Weight));
        var linear = new MarginWeights(vocabulary.Count + switches, labels.Length);
        MarginTrainer.Fit(linear, truth, rows, values, settings, weights);
        var hasHidden = settings.HiddenUnits > 0 && texts.Count >= settings.LeastTextsForHidden;
        return new Untied(labels, vocabulary, linear, hasHidden ? HiddenTrainer.Fit(vocabulary.Count, labels.Length, truth, rows, values, weights, settings) : null, version);
    }

    /// <summary>By what linear and hidden margins are multiplied so that both count as they should: each at its own temperature, in the units of the linear ones.</summary>
    private static (float Linear, float Hidden) Shares(Untied trial, List<TrainingText> held, List<int> truth, TrainingSettings settings)
    {
        if (trial.Hidden == null)
            return (1, 0);
        float Temperature(TextModelParts parts) => Calibration.FitTemperature(Margins(parts, held, []), truth, parts.Labels.Length);
        return (1 - settings.HiddenShare, settings.HiddenShare * Temperature(Tie(trial, 1, 0)) / Temperature(Tie(trial, 0, 1)));
    }

    private static TextModelParts Tie(Untied model, float linearPart, float hiddenPart)
    {
        var linear = linearPart == 1 ? model.Linear : model.Linear.Times(linearPart);
        var (stride, features) = (linear.Stride, model.Vocabulary.Count);
        var (layer, rows) = hiddenPart == 0 ? (null, []) : (model.Hidden!.Value.Layer, model.Hidden!.Value.Rows);
        // A layer does the same when its first weights are multiplied and its last divided; so both kinds of weights fill the bytes of a row alike.
        var units = layer?.Units ?? 0;
        var even = layer == null ? 1 : TensorPrimitives.Norm<float>(linear.Weights.AsSpan(0, features * stride)) / TensorPrimitives.Norm<float>(rows) * MathF.Sqrt((float)units / linear.Labels);
        if (!(even > 0))
            even = 1;
        return new TextModelParts
        {
            Labels = model.Labels,
            Vocabulary = model.Vocabulary,
            Rows = QuantisedRows.Of(features, stride + units, (row, weights) =>
            {
                linear.Row(row).CopyTo(weights);
                TensorPrimitives.Multiply(rows.AsSpan(row * units, units), even, weights.AsSpan(stride));
            }),
            SwitchWeights = linear.Weights[(features * stride)..],
            Bias = linear.Bias,
            Hidden = layer == null ? null : new HiddenLayer(Times(layer.Bias, even), Times(layer.Outputs, hiddenPart / even), Times(layer.OutputBias, hiddenPart)),
            Temperature = 1,
            Calibration = BetaCalibration.None,
            Scope = new ScopeTest([]),
            Version = model.Version,
            Figures = new TrainingFigures(0, 0, 0, 0, 0, 0),
        };
    }

    private static float[] Times(float[] numbers, float factor)
    {
        var result = new float[numbers.Length];
        TensorPrimitives.Multiply(numbers, factor, result);
        return result;
    }

    /// <summary>Rows and values of each text, its switches included.</summary>
    internal static (int[][] Rows, float[][] Values) Features(Vocabulary vocabulary, IReadOnlyList<TrainingText> texts)
    {
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
        return (rows, values);
    }

    private static void Read(Vocabulary vocabulary, string text, TextTokens tokens, FeatureVector vector)
    {
        tokens.Read(Cut(text));
        vector.Read(vocabulary, tokens, 0, tokens.Tokens.Length);
    }

    internal static string Cut(string text) => text.Length <= TextModel.ReadLimit ? text : text[..TextModel.ReadLimit];

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
