using System.Text.Json;
using EmailOps.Core.Learning.Labels;
using EmailOps.Core.Messages;
using EmailOps.Mail;

namespace EmailOps.Benchmarks.Predict;

/// <summary>Spam or not, from the words of raw mail and what its fields and structure show, learned from the train folder. Only its index (label, file) is read for labels; paths are not features.</summary>
internal static class SpamHam
{
    private const string Spam = "spam";

    public static IEnumerable<string> Run(PredictInput input)
    {
        var index = Directory.EnumerateFiles(input.Train(), "*.jsonl").SelectMany(JsonRows.Read).Where(r => r.Text("label").Length > 0 && File.Exists(Path.Combine(input.Train(), r.Text("file")))).ToList();
        var model = LabelTrainer.Train([Spam], index.ConvertAll(r => Read(Path.Combine(input.Train(), r.Text("file")), r.Text("label") == Spam ? [0] : [])), "spam", TimeProvider.System, new LabelSettings { Cost = 3, Folds = 5, Apart = true });
        Console.WriteLine($"{index.Count} mails; held out: right {model.Parts.Figures.ExactSets:0.0000} at the best threshold for F1; trained in {model.Parts.Figures.Seconds:0.0} s");
        var probability = new float[1];
        foreach (var file in DataSetFiles.List(input.Data))
        {
            var mail = Read(file.Path, []);
            model.Probabilities(mail.Text, mail.Facts, probability);
            var isSpam = probability[0] >= 0.5f;
            yield return JsonSerializer.Serialize(new { id = file.Id, label = isSpam ? Spam : "ham", confidence = Math.Round(isSpam ? probability[0] : 1 - probability[0], 5) });
        }
    }

    private static LabelledText Read(string path, int[] labels)
    {
        var message = MailMessage.Parse(File.ReadAllBytes(path));
        return new LabelledText($"{message.Subject}\n{message.VisibleText}", MailFacts.Of(message), labels);
    }
}
