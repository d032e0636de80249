using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage;

/// <summary>What triage found. Policy reads it, the store keeps it, the console shows it.</summary>
internal sealed record TriageResult
{
    public required string Category { get; init; }
    /// <summary>Calibrated probability of <see cref="Category"/>, 0-1.</summary>
    public required double CategoryConfidence { get; init; }
    public required IReadOnlyList<CategoryScore> Alternatives { get; init; }
    /// <summary>1 (can wait) to 10 (now).</summary>
    public required int Priority { get; init; }
    /// <summary>ISO 639-1, <c>und</c> when unknown.</summary>
    public required string Language { get; init; }
    public required string Summary { get; init; }
    /// <summary>0-100: how sure we are that the draft may be used as it stands; what policy compares with its bands.</summary>
    public required double Confidence { get; init; }
    /// <summary>0-1: how much the mail looks like an attack on the model or the people (injection, phishing).</summary>
    public required double Hostility { get; init; }
    public required bool IsAutomated { get; init; }
    /// <summary>Words that call for a person by a certain time (legal, safety, press, data protection); null when none.</summary>
    public string? EscalationReason { get; init; }
    public required IReadOnlyList<Signal> Signals { get; init; }
    public required IReadOnlyList<Entity> Entities { get; init; }
    public required IReadOnlyList<Citation> Citations { get; init; }
    /// <summary>A grounded reply; null when no article answers: no article, no invented answer.</summary>
    public DraftProposal? Draft { get; init; }
    public required IReadOnlyList<AgentRun> Runs { get; init; }
    public required string ModelVersion { get; init; }
    public bool Degraded { get; init; }
    /// <summary>Labels proposed, most probable first.</summary>
    public IReadOnlyList<LabelProposal> Labels { get; init; } = [];
    /// <summary>The most that may happen whatever the confidence, from those who found a reason; the lowest counts.</summary>
    public IReadOnlyList<Ceiling> Ceilings { get; init; } = [];
    /// <summary>How usual it is among mail of the known categories, 0-1. Not stored.</summary>
    public double Scope { get; init; } = 1;
    /// <summary>What the mail asks, with what is known about it. Not stored.</summary>
    public IReadOnlyList<QuestionFound> Questions { get; init; } = [];
    /// <summary>What the confidence was weighed from; null when that step failed. Not stored.</summary>
    public ConfidenceParts? Parts { get; init; }

    public TriageView View(DateTimeOffset judgedAt) => new()
    {
        Category = Category, CategoryConfidence = CategoryConfidence, Alternatives = Alternatives, Priority = Priority, Language = Language, Summary = Summary,
        Confidence = Confidence, Signals = Signals, Entities = Entities, Citations = Citations, Runs = Runs, ModelVersion = ModelVersion, Degraded = Degraded, JudgedAt = judgedAt, Labels = Labels,
    };
}

/// <summary>A finding that speaks against acting alone: no decision is more permissive than this.</summary>
internal sealed record Ceiling(DecisionKind Most, string Reason);

/// <param name="Body">Plain text with greeting and sign-off.</param>
/// <param name="Language">ISO 639-1 of the body.</param>
internal sealed record DraftProposal(string Body, string Language, IReadOnlyList<Citation> Citations);
