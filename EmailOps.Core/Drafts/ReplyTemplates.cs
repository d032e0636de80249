namespace EmailOps.Core.Drafts;

/// <summary>How a reply in one language begins and ends.</summary>
/// <param name="Greeting">With <c>{name}</c>.</param>
/// <param name="SignOff">With <c>{team}</c>.</param>
internal sealed record ReplyTemplate(string Greeting, string GreetingWithoutName, string Intro, string SignOff);

/// <summary>The team's templates by ISO 639-1 code.</summary>
/// <param name="Fallback">Sentences that promise nothing but that a person will look, by language; offered to an operator, never sent as an answer.</param>
internal sealed record ReplyTemplates(
    string Team,
    string DefaultLanguage,
    IReadOnlyDictionary<string, ReplyTemplate> ByLanguage,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Fallback)
{
    /// <summary>The language itself when the team answers in it, else the default.</summary>
    public string LanguageFor(string language) => ByLanguage.ContainsKey(language) ? language : DefaultLanguage;
}
