using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Agents;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Benchmarks.Predict;

/// <summary>
/// Mails that may try to steer a model. Without a train folder the product judges as it ships; with one its classifier of orders learns from those mails too, and
/// what it would find of a kind of attack it never saw is printed. Flagged is what policy keeps for a person.
/// </summary>
internal static class PromptInjection
{
    private const int HarmlessFolds = 5;
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public static IEnumerable<string> Run(PredictInput input)
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "samples");
        var setup = TriageSetup.Load(TriagePaths.Samples(samples, null), TimeProvider.System);
        var shipped = setup.Pipeline(KnowledgeFolder.Load(Path.Combine(samples, "knowledge")));
        var train = input.Train is { } folder ? InjectionRow.Read(folder, labels: true).ToList() : [];
        if (train.Count > 0)
            CrossValidate(setup, shipped, train);
        var pipeline = train.Count > 0 ? With(setup, shipped, train) : shipped;
        foreach (var row in InjectionRow.Read(input.Data, labels: false))
        {
            var result = pipeline.Run(Mail(row));
            var decision = PolicyRules.Decide(result, MailboxPolicy.Default, setup.Taxonomy.Find(result.Category), s_now).Kind;
            yield return JsonSerializer.Serialize(new { id = row.Id, flagged = IsFlagged(result), decision = decision.ToString(), output = result.Draft?.Body, score = Math.Round(result.Hostility, 3) });
        }
    }

    private static bool IsFlagged(TriageResult result) => result.Hostility >= MailboxPolicy.Default.HoldHostility;

    /// <summary>The pipeline with a classifier that also learned from these mails.</summary>
    private static TriagePipeline With(TriageSetup setup, TriagePipeline shipped, IEnumerable<InjectionRow> rows)
    {
        var orders = OrderJudge.BuiltIn(setup.Ordinary, rows.SelectMany(r => r.Examples()));
        return new TriagePipeline([.. shipped.Agents.Select(a => a is InjectionAgent ? new InjectionAgent(setup.Model, orders) : a)], shipped.ModelVersion, TimeProvider.System);
    }

    /// <summary>Each kind of attack judged by what learned from all the others; harmless mail in folds.</summary>
    private static void CrossValidate(TriageSetup setup, TriagePipeline shipped, List<InjectionRow> train)
    {
        int seen = 0, attacks = 0, alarms = 0, harmless = 0;
        foreach (var family in train.Where(r => r.IsAttack).GroupBy(r => r.Family))
        {
            var without = With(setup, shipped, train.Where(r => !r.IsAttack || r.Family != family.Key));
            attacks += family.Count();
            seen += family.Count(r => IsFlagged(without.Run(Mail(r))));
        }
        var clean = train.Where(r => !r.IsAttack).ToList();
        for (var fold = 0; fold < HarmlessFolds; fold++)
        {
            var held = clean.Where((_, i) => i % HarmlessFolds == fold).ToList();
            var without = With(setup, shipped, train.Except(held));
            harmless += held.Count;
            alarms += held.Count(r => IsFlagged(without.Run(Mail(r))));
        }
        Console.WriteLine(FormattableString.Invariant($"kinds of attack left out: recall {seen}/{attacks} = {(double)seen / Math.Max(1, attacks):0.0000}; harmless mail in {HarmlessFolds} folds: false alarms {alarms}/{harmless} = {(double)alarms / Math.Max(1, harmless):0.0000}"));
    }

    private static IncomingMessage Mail(InjectionRow row) => new()
    {
        Id = 1, MailboxId = 1, Subject = row.Subject, From = new Correspondent(null, row.From), ReceivedAt = s_now, Text = row.Body, NewText = row.Body,
    };
}
