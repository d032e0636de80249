using System.Text.Json;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>One question to a language model, written out.</summary>
/// <param name="Agent">consult-judge, consult-summary or consult-draft.</param>
/// <param name="Prompt">Version of the prompt file.</param>
/// <param name="Schema">JSON schema of the answer, for servers that hold a model to one.</param>
/// <param name="Passages">What the numbers in the answer stand for.</param>
internal sealed record Question(string Agent, string Prompt, string System, string User, JsonElement Schema, int MaxOutputTokens, IReadOnlyList<Knowledge.PassageHit> Passages)
{
    /// <summary>As it is kept and shown.</summary>
    public string Words => $"{System}\n\n{User}";
}
