using System.Text.Json;
using EmailOps.Core.Knowledge.Ranking;

namespace EmailOps.Benchmarks.Predict;

/// <summary>
/// Entries ranked for each question (StackFAQ, Cranfield). The entries come from <c>corpus.jsonl</c> of the data folder, else of the train folder; what answers the
/// questions of the train folder teaches the weights, and how one entry may be asked for. <c>relevant</c> in the data folder is never read.
/// </summary>
internal static class Retrieval
{
    private const int Shown = 100;
    private const string Corpus = "corpus.jsonl", Language = "en";
    private static readonly string[] s_questions = ["test.jsonl", "queries.jsonl"];

    public static IEnumerable<string> Run(PredictInput input)
    {
        var corpus = new[] { input.Data, input.Train }.OfType<string>().Select(f => Path.Combine(f, Corpus)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"Neither --data nor --train holds {Corpus}.");
        var (ids, entries) = ReadEntries(corpus);
        var known = input.Train is null ? [] : ReadKnown(input.Train, ids);
        var weights = RankingWeights.Learn(entries, known, Language);
        Console.WriteLine($"{entries.Count} entries, {known.Count} known questions; {weights}");
        var ranker = new EntryRanker(entries, known, Language, weights);
        foreach (var (id, text) in ReadQuestions(input.Data))
            yield return JsonSerializer.Serialize(new { query_id = id, ranked = EntryRanker.Top(ranker.Score(text), Shown).Select(i => ids[i]) });
    }

    private static (List<string> Ids, List<Entry> Entries) ReadEntries(string path)
    {
        var (ids, entries) = (new List<string>(), new List<Entry>());
        foreach (var line in Lines(path))
        {
            var title = Text(line, "title");
            var texts = line.TryGetProperty("answers", out var answers) ? [.. answers.EnumerateArray().Select(a => a.GetString()!)] : new List<string> { Text(line, "text") };
            // An abstract that begins with its own title would count it twice.
            entries.Add(new Entry(title, texts.ConvertAll(t => title.Length > 0 && t.StartsWith(title, StringComparison.OrdinalIgnoreCase) ? t[title.Length..] : t)));
            ids.Add(Text(line, "doc_id"));
        }
        return (ids, entries);
    }

    private static List<KnownQuestion> ReadKnown(string folder, List<string> ids)
    {
        var index = ids.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        List<KnownQuestion> known = [];
        foreach (var line in s_questions.Select(n => Path.Combine(folder, n)).Where(File.Exists).SelectMany(Lines))
            if (line.TryGetProperty("relevant", out var relevant) && relevant.ValueKind == JsonValueKind.Object)
                known.Add(new KnownQuestion(Text(line, "query"), relevant.EnumerateObject().Where(p => index.ContainsKey(p.Name)).ToDictionary(p => index[p.Name], p => p.Value.GetInt32())));
        return known;
    }

    private static IEnumerable<(string Id, string Text)> ReadQuestions(string folder)
    {
        var path = s_questions.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists) ?? throw new InvalidOperationException($"{folder} holds neither {string.Join(" nor ", s_questions)}.");
        return Lines(path).Select(line => (Text(line, "query_id"), Text(line, "query")));
    }

    private static IEnumerable<JsonElement> Lines(string path)
    {
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.Clone();
        }
    }

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
