using EmailOps.Core.LanguageModels.Strict;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>One question to a language model, written out.</summary>
/// <param name="Agent">consult-judge, consult-summary or consult-draft.</param>
/// <param name="Prompt">Version of the prompt file.</param>
/// <param name="Passages">What the numbers in the answer stand for.</param>
internal sealed record Question(string Agent, string Prompt, AnswerShape Shape, string System, string User, string Rules, int MaxOutputTokens, IReadOnlyList<Knowledge.PassageHit> Passages)
    : StrictQuestion(Shape, System, User, Rules, MaxOutputTokens);
