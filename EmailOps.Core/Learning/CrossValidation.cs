namespace EmailOps.Core.Learning;

/// <summary>Measures a way of training on texts that the model did not see.</summary>
internal static class CrossValidation
{
    /// <summary>Every text is predicted once by a model trained on the other folds; calibration is fitted on all of these margins.</summary>
    /// <param name="confusion">Filled with counts [truth, predicted] when given.</param>
    public static TrainingFigures Measure(string[] labels, IReadOnlyList<TrainingText> texts, int switches, int folds, TrainingSettings? settings = null, int[,]? confusion = null, IReadOnlyList<TrainingText>? extra = null)
    {
        settings ??= new TrainingSettings();
        List<float[]> margins = [];
        List<int> truth = [];
        var seen = new int[labels.Length];
        var fold = new int[texts.Count];
        var order = Enumerable.Range(0, texts.Count).ToArray();
        new Random(settings.Seed).Shuffle(order);
        foreach (var i in order)
            fold[i] = seen[texts[i].Label]++ % folds;
        for (var f = 0; f < folds; f++)
        {
            var held = order.Where(i => fold[i] == f).Select(i => texts[i]).ToList();
            var parts = TextModelTrainer.Fit(labels, [.. order.Where(i => fold[i] != f).Select(i => texts[i]), .. extra ?? []], switches, settings, "fold");
            margins.AddRange(TextModelTrainer.Margins(parts, held, []));
            truth.AddRange(held.Select(t => t.Label));
        }
        var all = margins.ToArray();
        if (confusion != null)
            for (var i = 0; i < all.Length; i++)
                confusion[truth[i], System.Numerics.Tensors.TensorPrimitives.IndexOfMax(all[i].AsSpan(0, labels.Length))]++;
        var temperature = Calibration.FitTemperature(all, truth, labels.Length);
        return Calibration.Measure(all, truth, labels.Length, temperature, Calibration.FitTop(all, truth, labels.Length, temperature));
    }
}
