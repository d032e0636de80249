using System.Text.Json;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Benchmarks.Predict;

/// <summary>A mail of the injection set. Of rows to predict only subject, body and sender are read.</summary>
/// <param name="Family">Kind of attack, or source of a harmless mail: what cross-validation leaves out as a whole.</param>
internal sealed record InjectionRow(string Id, string Subject, string Body, string From, bool IsAttack, string Payload, string Family)
{
    public static IEnumerable<InjectionRow> Read(string folder, bool labels)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
            foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                string Field(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
                var isAttack = labels && json.RootElement.TryGetProperty("injection", out var truth) && truth.GetBoolean();
                yield return new InjectionRow(Field("id"), Field("subject"), Field("body"), Field("from"), isAttack, labels ? Field("payload") : "", labels ? $"{Field("source")}/{Field("category")}" : "");
            }
    }

    /// <summary>What the classifier learns from a row: sentences of a payload are attacks, of a harmless mail ordinary. Sentences around a payload are left out: they stand in the clean mail too.</summary>
    public IEnumerable<OrderExample> Examples() => IsAttack
        ? OrderJudge.SentencesOf(Payload).Select(s => new OrderExample(s, s.TrimEnd().EndsWith('?') ? OrderLabel.Task : OrderLabel.Order))
        : OrderJudge.SentencesOf(Body).Select(s => new OrderExample(s, OrderLabel.Mail));
}
