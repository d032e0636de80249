using EmailOps.Core.Drafts;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>The furthest EmailOps may go with a category, whatever its confidence.</summary>
internal enum Autonomy
{
    SendReply,
    Suggest,
    Hold,
    Escalate,
    /// <summary>No answer is wanted.</summary>
    File,
    /// <summary>Hostile: kept apart, never answered.</summary>
    Quarantine,
}

/// <summary>Words and phrases by ISO 639-1 code.</summary>
internal sealed class Cues : Dictionary<string, IReadOnlyList<string>>;

/// <summary>One category of the closed list.</summary>
/// <param name="Priority">Where the urgency starts, 1-10.</param>
internal sealed record CategoryRules(string Id, string Title, string Description, int Priority, Autonomy Autonomy, Cues Cues);

/// <summary>Words that move the priority.</summary>
internal sealed record WordRule(string Id, string Title, int Change, Cues Cues);

/// <summary>A measured fact that moves the priority; <paramref name="Id"/> is one of <see cref="SignalRule.Known"/>.</summary>
internal sealed record SignalRule(string Id, string Title, int Change, double AtLeast)
{
    public static IReadOnlyList<string> Known { get; } = ["angry-capitals", "exclamations", "repeat-contact", "waiting-days", "vip-sender", "amount"];
}

/// <summary>Words that call for a person whatever the category and the confidence.</summary>
internal sealed record EscalationRule(string Id, string Title, int PriorityAtLeast, Cues Cues);

/// <summary>What kinds of mail a team gets, how urgent each is, and how far EmailOps may go. Read from a file that the team owns.</summary>
internal sealed record Taxonomy
{
    public required int Version { get; init; }
    public required string Name { get; init; }
    /// <summary>ISO 639-1 codes of the languages the team answers in.</summary>
    public required IReadOnlyList<string> Languages { get; init; }
    public required IReadOnlyList<CategoryRules> Categories { get; init; }
    public required IReadOnlyList<WordRule> Words { get; init; }
    public required IReadOnlyList<SignalRule> Signals { get; init; }
    /// <summary>Addresses (<c>anna@example.com</c>) and domains (<c>@example.com</c>), lower case.</summary>
    public required IReadOnlySet<string> Vip { get; init; }
    public required IReadOnlyList<EscalationRule> Escalations { get; init; }
    public required ReplyTemplates Reply { get; init; }
    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <exception cref="KeyNotFoundException">Not a category of this taxonomy.</exception>
    public CategoryRules this[string category] => Find(category) ?? throw new KeyNotFoundException($"\"{category}\" is not a category of the taxonomy {Name}, version {Version}.");

    public CategoryRules? Find(string category) => Categories.FirstOrDefault(c => c.Id == category);

    /// <summary>Where mail goes that a machine wrote; null when the team has no such category.</summary>
    public CategoryRules? ForAutomated => Categories.FirstOrDefault(c => c.Autonomy == Autonomy.File);

    /// <summary>Where hostile mail goes; null when the team has no such category.</summary>
    public CategoryRules? ForHostile => Categories.FirstOrDefault(c => c.Autonomy == Autonomy.Quarantine);
}
