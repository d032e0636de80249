using EmailOps.Core.Contracts;

namespace EmailOps.Core.Drafts;

/// <summary>The taxonomy's templates with a mailbox's own words over them.</summary>
internal static class MailboxReplies
{
    private const string Team = "{team}";
    private const string SampleAnswer = "(Here stands the answer, word for word from your articles.)";

    /// <summary>Language by language; what the mailbox does not say is the taxonomy's. A language that only the mailbox has must be complete, else it is left out.</summary>
    public static ReplyTemplates Of(ReplyTemplates taxonomy, ReplySettings? own)
    {
        if (own is null) return taxonomy;
        var team = Given(own.Team) ?? taxonomy.Team;
        var templates = new Dictionary<string, ReplyTemplate>();
        foreach (var language in taxonomy.ByLanguage.Keys.Union(own.Languages.Keys))
            if (One(taxonomy.ByLanguage.GetValueOrDefault(language), own.Languages.GetValueOrDefault(language) ?? new ReplyWords(), own.Signature) is { } template) templates[language] = template;
        return taxonomy with { Team = team, ByLanguage = templates };
    }

    private static ReplyTemplate? One(ReplyTemplate? usual, ReplyWords own, string? signature)
    {
        if ((Given(own.Greeting) ?? usual?.Greeting, Given(own.GreetingWithoutName) ?? usual?.GreetingWithoutName, Given(own.Intro) ?? usual?.Intro, Given(own.SignOff) ?? usual?.SignOff)
            is not ({ } greeting, { } without, { } intro, { } signOff)) return null;
        // Empty is said on purpose: this language has no signature.
        var below = (own.Signature ?? signature)?.Trim('\n', ' ');
        return new ReplyTemplate(greeting, without, intro, string.IsNullOrEmpty(below) ? signOff : $"{signOff.TrimEnd()}\n\n{below}");
    }

    /// <summary>How a reply would stand in each language, the default first.</summary>
    /// <param name="name">Of the correspondent, as a header has it.</param>
    public static IReadOnlyList<ReplyPreview> Preview(ReplyTemplates taxonomy, ReplySettings? own, string? name)
    {
        var templates = Of(taxonomy, own);
        var composer = new ReplyComposer(templates);
        return [.. templates.ByLanguage.Keys.OrderBy(l => l != templates.DefaultLanguage).ThenBy(l => l, StringComparer.Ordinal).Select(language =>
        {
            var (template, words) = (templates.ByLanguage[language], own?.Languages.GetValueOrDefault(language));
            var body = composer.Frame([template.Intro, SampleAnswer], [], language, name).Body;
            return new ReplyPreview(language, own is not null && (words is not null || Given(own.Team) is not null || Given(own.Signature) is not null),
                new ReplyWords(template.Greeting, template.GreetingWithoutName, template.Intro, template.SignOff.Replace(Team, templates.Team, StringComparison.Ordinal)), body);
        })];
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
