using System.Text.Json;
using EmailOps.Benchmarks.Predict;
using Xunit.Abstractions;

namespace EmailOps.Tests.Predict;

/// <summary>The predict tasks on a part of the public sets that they did not learn; a little below what was measured, so that only a real step back fails.</summary>
public sealed class PredictCorpusTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("predict-corpus").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Several_intents_of_unseen_folds_are_found()
    {
        if (SharedData.Find("intent-nlupp") is not { } folder)
            return;
        var gold = new Dictionary<string, HashSet<string>>();
        var number = 0;
        foreach (var name in new[] { "banking.jsonl", "hotels.jsonl" })
        {
            var rows = Read(Path.Combine(folder, name));
            var held = rows.Select(r => r.Text("fold")).Distinct().Order(StringComparer.Ordinal).Where((_, i) => i % 4 == 0).ToHashSet();
            Write($"train/{name}", rows.Where(r => !held.Contains(r.Text("fold"))));
            Write($"data/{name}", rows.Where(r => held.Contains(r.Text("fold"))).Select(r => new { text = r.Text("text") }));
            foreach (var row in rows.Where(r => held.Contains(r.Text("fold"))))
                gold[$"{number++}"] = [.. row.List("intents").Select(i => i.GetString()!)];
        }
        int right = 0, given = 0;
        foreach (var line in Run("multilabel"))
        {
            var intents = line.List("intents").Select(i => i.GetString()!).ToList();
            given += intents.Count;
            right += intents.Count(gold[line.Text("id")].Contains);
        }
        Report("NLU++ micro-F1", 2.0 * right / (given + gold.Values.Sum(g => g.Count)), 0.78);
    }

    [Fact]
    public void Requests_in_unseen_sentences_are_told()
    {
        if (SharedData.Find("speech-act-email") is not { } folder)
            return;
        var rows = Read(Path.Combine(folder, "train.jsonl"));
        Write("train/train.jsonl", rows.Where((_, i) => i % 5 != 0));
        var held = rows.Where((_, i) => i % 5 == 0).ToList();
        Write("data/test.jsonl", held.Select(r => new { text = r.Text("text") }));
        Report("speech-act accuracy", Run("speech-act").Zip(held).Average(p => p.First.Text("label") == p.Second.Text("label") ? 1 : 0), 0.79);
    }

    [Fact]
    public void Unseen_spam_is_told_from_mail()
    {
        if (SharedData.Find("spam-ham") is not { } folder)
            return;
        var rows = Read(Path.Combine(folder, "labels.jsonl"));
        for (var i = 0; i < rows.Count; i++)
        {
            var target = Path.Combine(_root, i % 4 == 0 ? "data" : "train", rows[i].Text("file"));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(folder, rows[i].Text("file")), target);
        }
        Write("train/labels.jsonl", rows.Where((_, i) => i % 4 != 0));
        var held = rows.Where((_, i) => i % 4 == 0).ToDictionary(r => r.Text("id"), r => r.Text("label"));
        // The index of the data has no labels.
        Write("data/labels.jsonl", rows.Where((_, i) => i % 4 == 0).Select(r => new { id = r.Text("id"), file = r.Text("file") }));
        var lines = Run("spam-ham");
        Assert.Equal(held.Count, lines.Count);
        Report("spam-ham accuracy", lines.Average(l => l.Text("label") == held[l.Text("id")] ? 1 : 0), 0.96);
    }

    [Fact]
    public void Summaries_of_unseen_threads_name_what_people_marked_and_nothing_else()
    {
        if (SharedData.Find("summary-bc3") is not { } folder)
            return;
        var rows = Read(Path.Combine(folder, "threads.jsonl"));
        Write("train/threads.jsonl", rows.Where((_, i) => i % 2 == 0));
        var held = rows.Where((_, i) => i % 2 != 0).ToDictionary(r => r.Text("id"));
        Write("data/threads.jsonl", held.Values.Select(r => new { id = r.Text("id"), subject = r.Text("subject"), emails = r.GetProperty("emails") }));
        var f1 = 0.0;
        foreach (var line in Run("summary"))
        {
            var row = SummaryRow.Read(held[line.Text("id")]);
            var ids = line.List("sentence_ids").Select(i => i.GetString()!).ToList();
            f1 += row.Marked.Average(m => 2.0 * ids.Count(m.Contains) / (ids.Count + m.Count)) / held.Count;
            var source = string.Concat(row.Thread.Mails.Select(m => $"{m.Speaker} {string.Join(' ', m.Sentences)} "));
            foreach (var word in line.Text("summary").Split(' ').Where(w => w.Length > 0 && (char.IsDigit(w[0]) || char.IsUpper(w[0]))))
                Assert.Contains(word.TrimEnd(':'), source, StringComparison.Ordinal);
        }
        Report("BC3 sentence F1", f1, 0.45);
    }

    private void Report(string what, double measured, double least)
    {
        var line = $"{what} on a part held out: {measured:0.000}";
        output.WriteLine(line);
        Console.WriteLine(line);
        Assert.True(measured >= least, $"{line}, at least {least}");
    }

    private List<JsonElement> Run(string task)
        => [.. PredictTasks.All[task](new PredictInput(Path.Combine(_root, "data"), Path.Combine(_root, "train"), Path.Combine(_root, "out.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement)];

    private static List<JsonElement> Read(string path) => [.. JsonRows.Read(path)];

    private void Write<T>(string file, IEnumerable<T> rows)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, rows.Select(r => JsonSerializer.Serialize(r)));
    }
}
