using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage;

/// <summary>What agents found about one message. Each property has one agent that writes it; signals and entities are only added to.</summary>
internal sealed class Findings
{
    public List<Signal> Signals { get; } = [];
    public List<Entity> Entities { get; } = [];
    /// <summary>What keeps the message from being answered without a person, whatever the confidence.</summary>
    public List<Ceiling> Ceilings { get; } = [];

    public bool IsAutomated { get; set; }
    public string Language { get; set; } = Languages.Undetermined;
    public double LanguageCertainty { get; set; }
    public string SecondLanguage { get; set; } = Languages.Undetermined;
    /// <summary>0-1.</summary>
    public double Hostility { get; private set; }
    /// <summary>0-1: how much it looks like advertising nobody asked for.</summary>
    public double Unsolicited { get; set; }
    public string Category { get; set; } = "";
    /// <summary>Calibrated, 0-1.</summary>
    public double CategoryConfidence { get; set; }
    public IReadOnlyList<CategoryScore> Alternatives { get; set; } = [];
    /// <summary>How usual it is among mail of the known categories, 0-1; below <see cref="Learning.ScopeTest.Limit"/>: probably of none.</summary>
    public double Scope { get; set; } = 1;
    public int Priority { get; set; } = 5;
    public string? EscalationReason { get; set; }
    public string Summary { get; set; } = "";
    /// <summary>Labels of the team that are likely enough, most probable first.</summary>
    public IReadOnlyList<LabelProposal> Labels { get; set; } = [];
    /// <summary>What the mail asks, with what is known about it.</summary>
    public IReadOnlyList<QuestionFound> Questions { get; set; } = [];
    public DraftProposal? Draft { get; set; }
    /// <summary>0-100.</summary>
    public double Confidence { get; set; }
    /// <summary>What <see cref="Confidence"/> was weighed from.</summary>
    public ConfidenceParts? Parts { get; set; }

    /// <summary>Adds evidence of hostility: independent pieces add up as probabilities do (1 - product of what is left).</summary>
    public void AddHostility(double weight, Signal signal)
    {
        Hostility = 1 - (1 - Hostility) * (1 - Math.Clamp(weight, 0, 1));
        Signals.Add(signal);
    }
}

/// <summary>One thing the mail asks.</summary>
/// <param name="Text">As written.</param>
/// <param name="Hits">Passages above the floor, best first; empty when nothing is known.</param>
internal sealed record QuestionFound(string Text, IReadOnlyList<PassageHit> Hits);
