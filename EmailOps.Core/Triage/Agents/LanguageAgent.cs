using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Which language the new words are in; the subject helps when they are few.</summary>
internal sealed class LanguageAgent : IAgent
{
    public string Name => "language";

    public string? SkipReason(TriageContext context)
        => context.Text.Tokens.IsEmpty ? "There are no words." : null;

    public string Run(TriageContext context)
    {
        var text = context.Text;
        var guess = LanguageIdentifier.Identify(text, context.BodyToken, text.Tokens.Length - context.BodyToken);
        if (guess.Language == Languages.Undetermined)
            guess = LanguageIdentifier.Identify(text);
        var found = context.Found;
        (found.Language, found.LanguageCertainty, found.SecondLanguage) = (guess.Language, guess.Certainty, guess.Second);
        return guess.Language == Languages.Undetermined
            ? "Too few words to tell the language."
            : guess.Second == Languages.Undetermined ? $"Written in {guess.Language}." : $"Written in {guess.Language}, partly in {guess.Second}.";
    }
}
