using EmailOps.Core.Data;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Functions;

/// <summary>
/// Triage's agents as functions that a language model or another program may call: words in, findings out. Nothing is stored, sent or changed. In the aspire
/// topology they are Semantic Kernel's functions; what they do stands here, for both topologies.
/// </summary>
internal sealed class TriageFunctions(UnstoredTriage triage, TriageSource source)
{
    /// <param name="Confidence">Calibrated probability of the category, 0-1.</param>
    /// <param name="Handling">What policy would order: SendReply, Suggest, HoldForReview, Escalate, File or Quarantine.</param>
    internal sealed record Classified(string Category, string Title, double Confidence, string Language, string Handling);

    /// <param name="Priority">1 (can wait) to 10 (now).</param>
    /// <param name="Why">Words that call for a person by a certain time; null when none do.</param>
    internal sealed record Prioritised(int Priority, string? Why);

    /// <param name="Draft">A reply made of the team's own articles; null: no article answers it.</param>
    internal sealed record Drafted(string? Draft, IReadOnlyList<string> Sources);

    public async Task<Classified> ClassifyAsync(string subject, string body, CancellationToken cancel)
    {
        var (result, decision) = await JudgeAsync(subject, body, cancel);
        return new Classified(result.Category, source.Taxonomy.Find(result.Category)?.Title ?? result.Category, Math.Round(result.CategoryConfidence, 3), result.Language, decision.Kind.ToString());
    }

    public async Task<Prioritised> PrioritiseAsync(string subject, string body, CancellationToken cancel)
    {
        var (result, _) = await JudgeAsync(subject, body, cancel);
        return new Prioritised(result.Priority, result.EscalationReason);
    }

    public async Task<string> SummariseAsync(string subject, string body, CancellationToken cancel) => (await JudgeAsync(subject, body, cancel)).Result.Summary;

    public async Task<Drafted> DraftAsync(string subject, string body, CancellationToken cancel)
    {
        var (result, _) = await JudgeAsync(subject, body, cancel);
        return new Drafted(result.Draft?.Body, result.Draft is null ? [] : [.. result.Citations.Select(c => c.Article).Distinct()]);
    }

    // Whoever calls may be a model: what is too long is cut, not refused.
    private Task<(Core.Triage.TriageResult Result, Core.Policy.Decision Decision)> JudgeAsync(string? subject, string? body, CancellationToken cancel)
        => triage.JudgeAsync(StoredText.Cut(subject ?? "", UnstoredTriage.MaxSubject), StoredText.Cut(body ?? "", UnstoredTriage.MaxCharacters), null, cancel);
}
