using System.Text.Json.Serialization;
using EmailOps.Core.Policy.Risk;

namespace EmailOps.Core.Policy;

/// <summary>The rules of one mailbox. The bands are the cold start, until outcomes are measured.</summary>
internal sealed record MailboxPolicy
{
    public static MailboxPolicy Default { get; } = new();

    /// <summary>Answer automatically from here, 0-100.</summary>
    public double AutoHandle { get; init; } = 85;
    /// <summary>Suggest the draft from here.</summary>
    public double SuggestResponse { get; init; } = 60;
    /// <summary>Hold for review from here; below, escalate.</summary>
    public double HumanReview { get; init; } = 40;
    /// <summary>Quarantine from this hostility, 0-1.</summary>
    public double QuarantineHostility { get; init; } = 0.7;
    /// <summary>From this hostility, 0-1, a person must look first.</summary>
    public double HoldHostility { get; init; } = 0.4;
    /// <summary>Never answer by itself, whatever the confidence.</summary>
    public bool AutomationPaused { get; init; }
    public int Version { get; init; } = 1;
    /// <summary>How many automatic answers may be wrong, by category; the empty one stands for all others. Kept apart from the rules, since outcomes move it.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, RiskRule> Risk { get; init; } = new Dictionary<string, RiskRule>();

    public RiskRule? RiskOf(string category) => Risk.GetValueOrDefault(category) ?? Risk.GetValueOrDefault("");
}
