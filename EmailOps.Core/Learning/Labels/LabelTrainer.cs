using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// Trains <see cref="LabelModel"/>s. Every text is first predicted by a model of the other folds; these margins calibrate the probabilities and choose the threshold with the best
/// micro-F1. Then everything is learned. The same input gives the same model.
/// </summary>
internal static class LabelTrainer
{
    /// <exception cref="ArgumentException">No labels, no texts, or a label index that does not exist.</exception>
    public static LabelModel Train(string[] labels, IReadOnlyList<LabelledText> texts, string version, TimeProvider clock, LabelSettings? settings = null)
        => Measure(labels, texts, version, clock, settings).Model;

    /// <summary>The same, with the calibrated probability of each label for each text from a model that had not learned the text.</summary>
    /// <exception cref="ArgumentException">No labels, no texts, or a label index that does not exist.</exception>
    public static (LabelModel Model, float[][] HeldOut) Measure(string[] labels, IReadOnlyList<LabelledText> texts, string version, TimeProvider clock, LabelSettings? settings = null)
    {
        settings ??= new LabelSettings();
        if (labels.Length == 0 || texts.Count == 0)
            throw new ArgumentException($"A model needs labels and texts, there are {labels.Length} and {texts.Count}.", nameof(texts));
        if (texts.Any(t => t.Labels.Concat(t.Unknown ?? []).Any(l => (uint)l >= (uint)labels.Length)))
            throw new ArgumentException($"A text has a label that is not one of the {labels.Length}.", nameof(texts));
        var started = clock.GetTimestamp();
        var margins = HeldOut(labels.Length, texts, settings);
        bool?[][] has = [.. texts.Select(t => Truth(t, labels.Length))];
        var calibration = LabelCalibration.Fit(margins, labels.Length, (i, k) => has[i][k]);
        var threshold = Threshold(margins, calibration, has, labels.Length);
        var figures = Measure(margins, calibration, has, labels.Length, threshold);
        var (features, fitted) = Fit(labels.Length, texts, settings);
        var model = new LabelModel(new LabelParts(labels, version, features, fitted, calibration, threshold, figures with { Seconds = clock.GetElapsedTime(started).TotalSeconds }));
        return (model, [.. margins.Select(m => Enumerable.Range(0, labels.Length).Select(k => calibration.Probability(k, m[k])).ToArray())]);
    }

    private static bool?[] Truth(in LabelledText text, int labels)
    {
        var truth = new bool?[labels];
        truth.AsSpan().Fill(false);
        foreach (var label in text.Labels)
            truth[label] = true;
        foreach (var label in text.Unknown ?? [])
            truth[label] = null;
        return truth;
    }

    /// <summary>Margins of each text from a model that did not learn it.</summary>
    internal static float[][] HeldOut(int labels, IReadOnlyList<LabelledText> texts, LabelSettings settings)
    {
        var order = Enumerable.Range(0, texts.Count).ToArray();
        new Random(settings.Seed).Shuffle(order);
        var folds = Math.Clamp(settings.Folds, 2, Math.Max(2, texts.Count));
        var result = new float[texts.Count][];
        var scratch = new LabelScratch();
        for (var fold = 0; fold < folds; fold++)
        {
            var held = order.Where((_, at) => at % folds == fold).ToArray();
            LabelledText[] rest = [.. order.Where((_, at) => at % folds != fold).Select(i => texts[i])];
            var (features, fitted) = Fit(labels, rest, settings);
            foreach (var i in held)
            {
                features.Read(texts[i].Text, texts[i].Facts, scratch);
                result[i] = new float[fitted.Stride];
                fitted.Score(CollectionsMarshal.AsSpan(scratch.Rows), CollectionsMarshal.AsSpan(scratch.Values), result[i]);
            }
        }
        return result;
    }

    private static (LabelFeatures Features, LabelMargins Margins) Fit(int labels, IReadOnlyList<LabelledText> texts, LabelSettings settings)
    {
        var features = LabelFeatures.Build(texts, settings);
        var scratch = new LabelScratch();
        var rows = new int[texts.Count][];
        var values = new float[texts.Count][];
        for (var i = 0; i < texts.Count; i++)
        {
            features.Read(texts[i].Text, texts[i].Facts, scratch);
            (rows[i], values[i]) = ([.. scratch.Rows], [.. scratch.Values]);
        }
        IReadOnlyList<int>[] held = [.. texts.Select(t => t.Labels)];
        IReadOnlyList<int>?[] unknown = [.. texts.Select(t => t.Unknown)];
        if (!settings.Apart)
            return (features, LabelMargins.Fit(labels, features.Count, rows, values, held, settings, unknown));
        // Words stand before facts. Both see all texts, and what is wrong with one is rarely wrong with the other, so that their sum errs less than what is learned of both at once.
        var words = rows.Select(r => r.TakeWhile(row => row < features.Words.Count).Count()).ToArray();
        var parts = new LabelMargins[2];
        Parallel.Invoke(
            () => parts[0] = LabelMargins.Fit(labels, features.Count, [.. rows.Select((r, i) => r[..words[i]])], [.. values.Select((v, i) => v[..words[i]])], held, settings, unknown),
            () => parts[1] = LabelMargins.Fit(labels, features.Count, [.. rows.Select((r, i) => r[words[i]..])], [.. values.Select((v, i) => v[words[i]..])], held, settings, unknown));
        return (features, parts[0].Plus(parts[1]));
    }

    /// <summary>The probability from which on labels are given so that held-out micro-F1 is best; halfway to the next one.</summary>
    private static float Threshold(float[][] margins, LabelCalibration calibration, bool?[][] has, int labels)
    {
        List<(float Probability, bool Right)> all = [];
        var total = 0;
        for (var i = 0; i < margins.Length; i++)
            for (var k = 0; k < labels; k++)
            {
                if (has[i][k] is not { } is_)
                    continue;
                all.Add((calibration.Probability(k, margins[i][k]), is_));
                total += is_ ? 1 : 0;
            }
        all.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        var (right, best, threshold) = (0, 0.0, 0.5f);
        for (var i = 0; i < all.Count; i++)
        {
            right += all[i].Right ? 1 : 0;
            if (i + 1 < all.Count && all[i + 1].Probability == all[i].Probability)
                continue;
            var f1 = 2.0 * right / (i + 1 + total);
            if (f1 > best)
                (best, threshold) = (f1, i + 1 < all.Count ? (all[i].Probability + all[i + 1].Probability) / 2 : all[i].Probability / 2);
        }
        // Neither everything nor nothing is ever given: a set too small to tell gets a threshold of good sense.
        return Math.Clamp(threshold, 0.1f, 0.9f);
    }

    private static LabelFigures Measure(float[][] margins, LabelCalibration calibration, bool?[][] has, int labels, float threshold)
    {
        int[] right = new int[labels], given = new int[labels], actual = new int[labels];
        var exact = 0;
        for (var i = 0; i < margins.Length; i++)
        {
            var same = true;
            for (var k = 0; k < labels; k++)
            {
                if (has[i][k] is not { } is_)
                    continue;
                var gives = calibration.Probability(k, margins[i][k]) >= threshold;
                actual[k] += is_ ? 1 : 0;
                given[k] += gives ? 1 : 0;
                right[k] += is_ && gives ? 1 : 0;
                same &= is_ == gives;
            }
            exact += same ? 1 : 0;
        }
        var micro = 2.0 * right.Sum() / Math.Max(1, given.Sum() + actual.Sum());
        var macro = Enumerable.Range(0, labels).Average(k => 2.0 * right[k] / Math.Max(1, given[k] + actual[k]));
        return new LabelFigures(margins.Length, micro, macro, (double)exact / margins.Length, 0);
    }
}
