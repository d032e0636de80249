using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;

namespace EmailOps.Core.Analytics;

/// <summary>Judges labelled mail as triage would, and measures how well.</summary>
internal static class Evaluation
{
    private const int MostListed = 200;
    private const int Shown = 120;

    /// <param name="progress">Told how many rows are done, now and then.</param>
    /// <param name="more">What somebody else makes of a judgement, told how many rows are done before; null: it stands.</param>
    public static EvaluationResult Run(TriagePipeline pipeline, IReadOnlyList<LabelledRow> rows, IReadOnlyList<BadRow> bad, TimeProvider clock, Action<int>? progress, CancellationToken cancel,
        Func<int, IncomingMessage, TriageResult, TriageResult>? more = null, long mailboxId = 0)
    {
        var judged = new JudgedRow[rows.Count];
        List<(int Line, JudgedRow Row, string Words)> wrong = [];
        var (priorities, exact, near) = (0, 0, 0);
        var (began, now) = (clock.GetTimestamp(), clock.GetUtcNow());
        for (var i = 0; i < rows.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var row = rows[i];
            var message = new IncomingMessage { Id = 0, MailboxId = mailboxId, Subject = row.Subject, From = new Correspondent(null, ""), ReceivedAt = now, Text = row.Body, NewText = row.Body };
            var result = pipeline.Run(message);
            if (more is not null) result = more(i, message, result);
            judged[i] = new JudgedRow(row.Category, result.Category, result.CategoryConfidence);
            if (!judged[i].IsRight) wrong.Add((row.Line, judged[i], Words(row)));
            if (row.Priority is { } priority)
            {
                priorities++;
                exact += priority == result.Priority ? 1 : 0;
                near += Math.Abs(priority - result.Priority) <= 1 ? 1 : 0;
            }
            if (i % 100 == 99) progress?.Invoke(i + 1);
        }
        progress?.Invoke(rows.Count);
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        return new EvaluationResult(pipeline.ModelVersion, Scores.Of(judged), Categories(judged), priorities, Share(exact, priorities), Share(near, priorities), rows.Count == 0 ? 0 : seconds / rows.Count, 0, 0,
            bad.Count, [.. bad.Take(MostListed)], [.. wrong.OrderByDescending(w => w.Row.Confidence).Take(MostListed).Select(w => new WrongRow(w.Line, w.Row.Truth, w.Row.Said, w.Row.Confidence, w.Words))]);
    }

    private static List<CategoryFigures> Categories(JudgedRow[] judged) => [.. judged.Select(j => j.Truth).Distinct().Order(StringComparer.Ordinal).Select(category =>
    {
        var (rows, said, hits) = (judged.Count(j => j.Truth == category), judged.Count(j => j.Said == category), judged.Count(j => j.IsRight && j.Truth == category));
        return new CategoryFigures(category, rows, Share(hits, said), Share(hits, rows), Share(2 * hits, rows + said));
    })];

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static string Words(LabelledRow row)
    {
        var words = $"{row.Subject} {row.Body}".ReplaceLineEndings(" ").Trim();
        return StoredText.Clean(StoredText.Cut(words, Shown));
    }
}
