using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>Asks the grounding gate whether a model's words stand on what it was given.</summary>
internal static class Traced
{
    /// <summary>A sentence whose words are too different to be compared: a person sees it marked. All other kinds are things a model made up or turned round.</summary>
    private const string Wording = "sentence";

    /// <returns>Why the words cannot be used, a clause; null when nothing in them was made up.</returns>
    public static string? Invention(string words, string language, IReadOnlyList<Passage> passages, GroundingMail mail, ReplyTemplates? templates)
        => GroundingGate.Check(words, language, passages, mail, templates).NotFound.FirstOrDefault(n => n.Kind != Wording) is { } invented
            ? $"it says \"{(invented.Text.Length <= 80 ? invented.Text : invented.Text[..80])}\", and nothing it was given does"
            : null;
}
