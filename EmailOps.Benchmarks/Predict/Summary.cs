using System.Text.Json;
using EmailOps.Core.Triage.Summaries;

namespace EmailOps.Benchmarks.Predict;

/// <summary>
/// Summaries of threads (BC3, W3C) and dialogues, of their own sentences. With --train, what is worth showing and how much of it is fitted to the summaries there; without, the product's
/// built-in ranker is used.
/// </summary>
internal static class Summary
{
    public static IEnumerable<string> Run(PredictInput input)
    {
        var model = input.Train is { } train ? SummaryTraining.Fit([.. JsonRows.Files(train).SelectMany(JsonRows.Read).Select(SummaryRow.Read)]) : SummaryModel.BuiltIn;
        Console.WriteLine($"{model.Length.Words} words, at most {model.Length.Share:0.00} of the text; {model.SentenceShare:0.00} of the sentences");
        foreach (var row in JsonRows.Files(input.Data).SelectMany(JsonRows.Read).Select(SummaryRow.Read))
        {
            var found = model.Of(row);
            yield return JsonSerializer.Serialize(row.SentenceIds.Count == 0 ? (object)new { row.Id, Summary = found.Text } : new { row.Id, Summary = found.Text, SentenceIds = found.Sentences.Select(i => row.SentenceIds[i]) }, JsonRows.Json);
        }
    }
}

/// <param name="Show">Ranks for the text: sentences whose words people used.</param>
/// <param name="Mark">Ranks for the list: sentences people marked.</param>
/// <param name="SentenceShare">Of a thread's own sentences, how many are listed.</param>
internal sealed record SummaryModel(SentenceRanker Show, SentenceRanker Mark, SummaryLength Length, double SentenceShare)
{
    public static SummaryModel BuiltIn { get; } = new(SentenceRanker.BuiltIn, SentenceRanker.BuiltIn, new SummaryLength(180, 0.45), 0.36);

    public (string Text, IReadOnlyList<int> Sentences) Of(SummaryRow row)
    {
        var traits = row.Traits;
        var worth = Mark.Score(traits);
        var own = row.Thread.Sentences.Count(s => s.IsOwn);
        return (ThreadSummary.Text(row.Thread, ThreadSummary.Choose(row.Thread, traits, Show.Score(traits), Length)),
            [.. Enumerable.Range(0, worth.Length).OrderByDescending(i => worth[i]).ThenBy(i => i).Take(Math.Max(1, (int)Math.Round(own * SentenceShare))).Order()]);
    }
}
