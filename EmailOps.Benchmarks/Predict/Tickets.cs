using System.Numerics.Tensors;
using System.Text.Json;
using EmailOps.Core.Learning;

namespace EmailOps.Benchmarks.Predict;

/// <summary>
/// Queue, type and priority of support mail, each its own model over subject and body. A line has all three, its "label" is the queue; since the scorer reads one label a file,
/// files beside the main one (out.queue.jsonl, out.type.jsonl, out.priority.jsonl) have each field as label.
/// </summary>
internal static class Tickets
{
    private static readonly string[] s_fields = ["queue", "type", "priority"];

    public static IEnumerable<string> Run(PredictInput input)
    {
        var rows = JsonRows.Files(input.Train()).SelectMany(JsonRows.Read).ToList();
        var models = s_fields.Select(f => Train(f, rows)).ToArray();
        using var sides = new SideFiles(input.Out);
        foreach (var row in JsonRows.Files(input.Data).SelectMany(JsonRows.Read))
        {
            var line = new Dictionary<string, object> { ["id"] = row.Text("id") };
            for (var i = 0; i < models.Length; i++)
            {
                var probabilities = new float[models[i].Labels.Count];
                models[i].Predict(Text(row), probabilities);
                var best = TensorPrimitives.IndexOfMax<float>(probabilities);
                line[s_fields[i]] = models[i].Labels[best];
                var confidence = Math.Round(probabilities[best], 5);
                sides.Write(s_fields[i], new { Id = row.Text("id"), Label = models[i].Labels[best], Confidence = confidence });
                if (i == 0)
                    (line["label"], line["confidence"]) = (models[i].Labels[best], confidence);
            }
            yield return JsonSerializer.Serialize(line, JsonRows.Json);
        }
    }

    private static string Text(JsonElement row) => $"{row.Text("subject")}\n{row.Text("body")}";

    private static TextModel Train(string field, List<JsonElement> rows)
    {
        var known = rows.Where(r => r.Text(field).Length > 0).ToList();
        string[] labels = [.. known.Select(r => r.Text(field)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var index = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        var model = TextModelTrainer.Train(labels, known.ConvertAll(r => new TrainingText(Text(r), index[r.Text(field)], [])), 0, field, TimeProvider.System, new TrainingSettings { Cost = 2.5f, Bits = 20, LeastTextsForHidden = 1_000 });
        var figures = model.Parts.Figures;
        Console.WriteLine($"{field}: {known.Count} examples, {labels.Length} labels; held out: accuracy {figures.Accuracy:0.0000}, ECE {figures.ExpectedCalibrationError:0.0000}; trained in {figures.Seconds:0.0} s");
        return model;
    }
}
