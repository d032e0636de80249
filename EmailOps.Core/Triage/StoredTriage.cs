using System.Text.Json.Serialization;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage;

/// <summary>A triage result as stored: columns for what lists filter by, one JSON document for what a page shows.</summary>
internal sealed class StoredTriage
{
    public long MessageId { get; set; }
    public long MailboxId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public required string Category { get; set; }
    /// <summary>What triage had said, once an operator corrected it.</summary>
    public string? CorrectedFrom { get; set; }
    public float CategoryConfidence { get; set; }
    public short Priority { get; set; }
    /// <summary>What triage had said, once an operator corrected it.</summary>
    public short? PriorityFrom { get; set; }
    public required string Language { get; set; }
    public required string Summary { get; set; }
    public float Confidence { get; set; }
    public float Hostility { get; set; }
    public bool IsAutomated { get; set; }
    public bool Degraded { get; set; }
    /// <summary>JSON of <see cref="TriageFindings"/>.</summary>
    public required string Findings { get; set; }
    public required string ModelVersion { get; set; }
    public DateTimeOffset JudgedAt { get; set; }

    /// <summary>As triage found it, with the category people gave it since.</summary>
    /// <param name="draft">The draft of the message, which is stored apart.</param>
    public TriageResult Result(TriageFindings findings, DraftProposal? draft) => new()
    {
        Category = Category, CategoryConfidence = CategoryConfidence, Alternatives = findings.Alternatives, Priority = Priority,
        Language = Language, Summary = Summary, Confidence = Confidence, Hostility = Hostility, IsAutomated = IsAutomated,
        EscalationReason = findings.EscalationReason, Signals = findings.Signals, Entities = findings.Entities, Citations = findings.Citations,
        Draft = draft, Runs = findings.Runs, ModelVersion = ModelVersion, Degraded = Degraded, Ceilings = findings.Ceilings ?? [],
        Labels = findings.Labels ?? [],
    };
}

/// <summary>The part of a triage result that only pages and policy read.</summary>
internal sealed record TriageFindings
{
    public required IReadOnlyList<CategoryScore> Alternatives { get; init; }
    public required IReadOnlyList<Signal> Signals { get; init; }
    public required IReadOnlyList<Entity> Entities { get; init; }
    public required IReadOnlyList<Citation> Citations { get; init; }
    [JsonConverter(typeof(StoredRuns))] public required IReadOnlyList<AgentRun> Runs { get; init; }
    public string? EscalationReason { get; init; }
    /// <summary>Null in results of before there were any.</summary>
    public IReadOnlyList<Ceiling>? Ceilings { get; init; }
    /// <summary>Null where none is proposed.</summary>
    public IReadOnlyList<LabelProposal>? Labels { get; init; }

    public static TriageFindings Of(TriageResult result) => new()
    {
        Alternatives = result.Alternatives, Signals = result.Signals, Entities = result.Entities,
        Citations = result.Citations, Runs = result.Runs, EscalationReason = result.EscalationReason, Ceilings = result.Ceilings.Count == 0 ? null : result.Ceilings,
        Labels = result.Labels.Count == 0 ? null : result.Labels,
    };
}

/// <summary>An operator's word on a category; all of them together are the golden set.</summary>
internal sealed class Correction
{
    public long Id { get; set; }
    public long MessageId { get; set; }
    public required string FromCategory { get; set; }
    public required string ToCategory { get; set; }
    public required string Actor { get; set; }
    public DateTimeOffset At { get; set; }
    /// <summary>Taken back; such rows are left out of every query of <c>EmailOpsDb</c>.</summary>
    public DateTimeOffset? UndoneAt { get; set; }
}
