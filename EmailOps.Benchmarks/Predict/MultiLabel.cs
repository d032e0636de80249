using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Learning.Labels;

namespace EmailOps.Benchmarks.Predict;

/// <summary>
/// Several intents in one text (NLU++): learned from all files of the train folder together, since domains share most labels. Ids are row numbers; where --data has
/// several files they are numbered through in the order of their names, and as the scorer reads one data file at a time each has a file beside the main one (out.banking.jsonl) with its own numbers.
/// </summary>
internal static class MultiLabel
{
    public static IEnumerable<string> Run(PredictInput input)
    {
        var rows = JsonRows.Files(input.Train()).SelectMany(JsonRows.Read).Where(r => r.TryGetProperty("intents", out _)).ToList();
        string[] labels = [.. rows.SelectMany(r => r.List("intents")).Select(l => l.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var index = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        var model = LabelTrainer.Train(labels, rows.ConvertAll(r => new LabelledText(r.Text("text"), SentenceFacts.Of(r.Text("text")), [.. r.List("intents").Select(l => index[l.GetString()!])])), "multilabel", TimeProvider.System, new LabelSettings { FactWeight = 0.5f, Cost = 1.5f });
        var figures = model.Parts.Figures;
        Console.WriteLine($"{figures.Examples} examples, {labels.Length} labels; held out: micro-F1 {figures.MicroF1:0.0000}, macro-F1 {figures.MacroF1:0.0000}, exact sets {figures.ExactSets:0.0000}; labels from {model.Parts.Threshold:0.00}; trained in {figures.Seconds:0.0} s");
        var number = 0;
        using var sides = new SideFiles(input.Out);
        foreach (var file in JsonRows.Files(input.Data))
        {
            var row = 0;
            foreach (var text in JsonRows.Read(file).Select(r => r.Text("text")))
            {
                var found = model.Predict(text, SentenceFacts.Of(text));
                var intents = found.ConvertAll(f => f.Label);
                var confidences = found.ConvertAll(f => Math.Round(f.Probability, 4));
                sides.Write(Path.GetFileNameWithoutExtension(file), new { Id = row.ToString(CultureInfo.InvariantCulture), Intents = intents, Confidences = confidences });
                yield return JsonSerializer.Serialize(new { Id = number.ToString(CultureInfo.InvariantCulture), Intents = intents, Confidences = confidences, File = Path.GetFileName(file), Row = row }, JsonRows.Json);
                number++;
                row++;
            }
        }
    }
}
