using System.Text.Json;
using EmailOps.Core.Triage.Summaries;

namespace EmailOps.Benchmarks.Predict;

/// <summary>A thread or dialogue of a summary set. What people wrote about it is read only where the row is trained on.</summary>
internal sealed class SummaryRow
{
    private SentenceTraits? _traits;

    public required string Id { get; init; }
    public required ThreadText Thread { get; init; }
    /// <summary>The set's name of each sentence of the thread; empty where it names none.</summary>
    public required IReadOnlyList<string> SentenceIds { get; init; }
    public required JsonElement Row { get; init; }

    public SentenceTraits Traits => _traits ??= SentenceTraits.Of(Thread, "en");

    public IReadOnlyList<string> References => [.. new[] { Row.Text("summary") }.Concat(Row.List("summaries").Select(s => s.GetString() ?? "")).Concat(Row.List("annotations").Select(a => string.Join(' ', a.List("abstractive").Select(s => s.Text("text"))))).Where(s => s.Length > 0)];

    /// <summary>For each person the sentences marked.</summary>
    public IReadOnlyList<HashSet<string>> Marked => [.. Row.List("annotations").Select(a => a.List("extractive").Select(s => s.GetString()!).ToHashSet(StringComparer.Ordinal))];

    public static SummaryRow Read(JsonElement row)
    {
        if (row.TryGetProperty("emails", out _))
        {
            var mails = row.List("emails").ToList();
            var thread = new ThreadText(row.Text("subject"), mails.Select(m => new ThreadMail(m.Text("from"), [.. m.List("sentences").Select(s => s.Text("text"))])));
            var ids = mails.ConvertAll(m => m.List("sentences").Select(s => s.Text("id")).ToList());
            return new SummaryRow { Id = row.Text("id"), Row = row, Thread = thread, SentenceIds = [.. thread.Sentences.Select(s => ids[s.Mail][s.Place])] };
        }
        if (row.TryGetProperty("messages", out _))
        {
            var first = row.List("messages").Select(m => m.Text("subject")).FirstOrDefault() ?? "";
            return new SummaryRow { Id = row.Text("id"), Row = row, SentenceIds = [], Thread = new ThreadText(first, row.List("messages").Select(m => ThreadMail.Of(m.Text("from_name") is { Length: > 0 } name ? name : m.Text("from"), m.Text("text")))) };
        }
        // A dialogue: "#Person1#: ..." a line.
        var lines = row.Text("dialogue").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.IndexOf(':', StringComparison.Ordinal) is > 0 and < 40 and var colon ? ThreadMail.Of(line[..colon], line[(colon + 1)..]) : ThreadMail.Of("", line));
        return new SummaryRow { Id = row.Text("id"), Row = row, SentenceIds = [], Thread = new ThreadText("", lines) };
    }
}
