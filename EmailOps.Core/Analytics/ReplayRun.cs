using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Analytics;

/// <summary>One way to judge and decide mail.</summary>
internal sealed record ReplayWay(TriagePipeline Pipeline, Taxonomy Taxonomy, Func<MailboxPolicy, MailboxPolicy> Policy);

/// <summary>A past message with what policy knows about it.</summary>
internal sealed record ReplayCase(IncomingMessage Message, MailboxPolicy Policy, SenderTrust Trust, DecisionKind? Decided);

/// <summary>Judges and decides past mail twice, by what is in force and by what is tried, and counts where they differ. Pure: nothing is sent or written.</summary>
internal sealed class ReplayRun
{
    private readonly Dictionary<(DecisionKind, DecisionKind), int> _moves = [];

    public int Messages { get; private set; }
    public int Changed { get; private set; }
    public int CategoriesChanged { get; private set; }
    public int PrioritiesChanged { get; private set; }
    public IReadOnlyList<DecisionMove> Moves => [.. _moves.Select(m => new DecisionMove(m.Key.Item1, m.Key.Item2, m.Value)).OrderByDescending(m => m.Count)];

    /// <summary>What the built-in agents say, both ways; the same object where nothing differs.</summary>
    public static (TriageResult Before, TriageResult After) Judge(ReplayCase past, ReplayWay current, ReplayWay other)
    {
        var before = current.Pipeline.Run(past.Message);
        return (before, ReferenceEquals(current.Pipeline, other.Pipeline) ? before : other.Pipeline.Run(past.Message));
    }

    /// <summary>A message that could not be judged both ways.</summary>
    public void Leave() => Messages++;

    /// <returns>The difference; null when the decision would be the same.</returns>
    public DecisionChange? Compare(ReplayCase past, ReplayWay current, ReplayWay other, TriageResult before, TriageResult after)
    {
        var (was, would) = (Decide(before, past, current), Decide(after, past, other));
        Messages++;
        CategoriesChanged += before.Category != after.Category ? 1 : 0;
        PrioritiesChanged += before.Priority != after.Priority ? 1 : 0;
        if (was.Kind == would.Kind) return null;
        Changed++;
        _moves[(was.Kind, would.Kind)] = _moves.GetValueOrDefault((was.Kind, would.Kind)) + 1;
        return new DecisionChange(past.Message.Id, past.Message.Subject, past.Message.ReceivedAt, was.Kind, would.Kind, past.Decided, before.Category, after.Category, before.Priority, after.Priority,
            before.Confidence, after.Confidence, would.Reasons.Count > 0 ? would.Reasons[0] : "");
    }

    /// <summary>Without what brakes and earlier answers say: they depend on the hour, and are the same for both.</summary>
    private static Decision Decide(TriageResult result, ReplayCase past, ReplayWay way)
        => PolicyRules.Decide(result, way.Policy(past.Policy), way.Taxonomy.Find(result.Category), past.Message.ReceivedAt, null, past.Trust);
}
