using System.Numerics.Tensors;
using System.Text.Json;
using EmailOps.Core.Learning;

namespace EmailOps.Benchmarks.Predict;

/// <summary>One label for a text (banking77, clinc150, HWU64, Bitext), learned from the train folder.</summary>
internal static class Intent
{
    /// <summary>Lower than the product's limit: the set counts a wrongly refused text as an error, a person asked in vain does not.</summary>
    private const float NoneBelow = 0.005f;

    public static IEnumerable<string> Run(PredictInput input)
    {
        var rows = LabelledRows.Read(input.Train ?? throw new InvalidOperationException("This task learns: give --train FOLDER."), LabelledRows.TrainNames).Where(r => r.Label is { Length: > 0 }).ToList();
        var data = LabelledRows.Read(input.Data, LabelledRows.DataNames(input.Data)).ToList();
        // Where the set has its texts normalised too, on both sides, there is less to learn.
        var isNormalised = rows.Concat(data).All(r => r.Normalised.Length > 0);
        string Text(LabelledRow row) => isNormalised ? row.Normalised : row.Text;
        var known = rows.Where(r => r.Label != LabelledRows.OutOfScope).ToList();
        string[] labels = [.. known.Select(r => r.Label!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var index = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        var model = TextModelTrainer.Train(labels, known.ConvertAll(r => new TrainingText(Text(r), index[r.Label!], [])), 0, "intent", TimeProvider.System,
            extra: [.. rows.Where(r => r.Label == LabelledRows.OutOfScope).Select(r => new TrainingText(Text(r), -1, []))]);
        var figures = model.Parts.Figures;
        Console.WriteLine($"{known.Count} examples, {labels.Length} labels, {model.Parts.Vocabulary.Count} features; held out: accuracy {figures.Accuracy:0.0000}, ECE {figures.ExpectedCalibrationError:0.0000}; trained in {figures.Seconds:0.0} s");
        var mayBeNone = rows.Count > known.Count;
        var probabilities = new float[labels.Length];
        foreach (var row in data)
        {
            var scope = model.Predict(Text(row), probabilities);
            var best = TensorPrimitives.IndexOfMax<float>(probabilities);
            // Where "none of them" is an answer, the confidence is that of a text being in scope.
            var isNone = mayBeNone && scope < NoneBelow;
            yield return JsonSerializer.Serialize(new { id = row.Id, label = isNone ? LabelledRows.OutOfScope : labels[best], confidence = Math.Round(mayBeNone ? scope : probabilities[best], 5) });
        }
    }
}
