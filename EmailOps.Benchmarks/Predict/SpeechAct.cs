using System.Text.Json;
using EmailOps.Core.Learning.Labels;

namespace EmailOps.Benchmarks.Predict;

/// <summary>Whether a sentence from an e-mail asks for something (Yes or No), learned from the train folder.</summary>
internal static class SpeechAct
{
    private const string Yes = "Yes";

    public static IEnumerable<string> Run(PredictInput input)
    {
        var rows = LabelledRows.Read(input.Train(), LabelledRows.TrainNames).Where(r => r.Label is not null).ToList();
        var model = LabelTrainer.Train([Yes], rows.ConvertAll(r => new LabelledText(r.Text, SentenceFacts.Of(r.Text), r.Label == Yes ? [0] : [])), "speech-act", TimeProvider.System, new LabelSettings { Cost = 0.4f, Folds = 5 });
        Console.WriteLine($"{rows.Count} examples; held out: F1 of requests {model.Parts.Figures.MicroF1:0.0000}, right at the best threshold for it {model.Parts.Figures.ExactSets:0.0000}; trained in {model.Parts.Figures.Seconds:0.0} s");
        var probability = new float[1];
        foreach (var row in LabelledRows.Read(input.Data, LabelledRows.DataNames(input.Data)))
        {
            model.Probabilities(row.Text, SentenceFacts.Of(row.Text), probability);
            var asks = probability[0] >= 0.5f;
            yield return JsonSerializer.Serialize(new { id = row.Id, label = asks ? Yes : "No", confidence = Math.Round(asks ? probability[0] : 1 - probability[0], 5) });
        }
    }
}
