using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>Paths about whether what the settings name is there and lets us in; laws as in <see cref="Routes"/>.</summary>
public static class ConfigurationRoutes
{
    /// <summary>GET -> ValidationReport: each server is contacted for real, all at once; asked again within ten seconds, the last answer. Takes up to half a minute.</summary>
    public const string Validation = "/config/validation";
}

/// <summary>Answer of <c>GET /config/validation</c>. Names are those of the runbooks, hence snake_case on the wire.</summary>
/// <param name="Valid">Nothing that is configured is invalid.</param>
/// <param name="Validations">By what was checked: database, redis, llm_service, mailboxes, webhooks, m365, teams.</param>
public sealed record ValidationReport(bool Valid, [property: JsonPropertyName("checked_at")] DateTimeOffset CheckedAt, IReadOnlyDictionary<string, ValidationView> Validations);

/// <summary>What came of contacting one thing.</summary>
/// <param name="Status"><c>valid</c>, <c>warning</c> (it works, but look at it), <c>invalid</c> or <c>not_configured</c>.</param>
/// <param name="Detail">What was found, for people; never a secret.</param>
/// <param name="Fix">What to change; null when there is nothing.</param>
/// <param name="Parts">What it is made of, such as each mailbox or each permission; null without.</param>
public sealed record ValidationView(string Status, string Detail, string? Fix = null, IReadOnlyList<ValidationPart>? Parts = null, [property: JsonPropertyName("duration_ms")] double? DurationMs = null)
{
    public const string Valid = "valid";
    public const string Warning = "warning";
    public const string Invalid = "invalid";
    public const string NotConfigured = "not_configured";

    /// <summary>The worst of the parts decides: invalid, then warning.</summary>
    public static string WorstOf(IEnumerable<ValidationPart> parts)
    {
        var statuses = parts.Select(p => p.Status).ToHashSet(StringComparer.Ordinal);
        return statuses.Contains(Invalid) ? Invalid : statuses.Contains(Warning) ? Warning : statuses.Count == 0 || statuses.SetEquals([NotConfigured]) ? NotConfigured : Valid;
    }
}

/// <summary>One part of it, with the same words.</summary>
public sealed record ValidationPart(string Name, string Status, string Detail, string? Fix = null);
