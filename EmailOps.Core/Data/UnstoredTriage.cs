using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;

namespace EmailOps.Core.Data;

/// <summary>What triage and policy would say of words that are not stored: for programs and for language models that ask.</summary>
internal sealed class UnstoredTriage(TriageSource source, PolicyStore policies, TimeProvider clock)
{
    public const int MaxCharacters = 200_000;
    public const int MaxSubject = 1_000;

    public async Task<(TriageResult Result, Decision Decision)> JudgeAsync(string? subject, string? body, string? from, CancellationToken cancel)
    {
        var (result, decision, _) = await JudgeAsync(null, subject, body, from, cancel);
        return (result, decision);
    }

    /// <param name="mailbox">Whose model, labels, words and rules judge; null: the base model.</param>
    public async Task<(TriageResult Result, Decision Decision, VersionsInForce Versions)> JudgeAsync(long? mailbox, string? subject, string? body, string? from, CancellationToken cancel)
    {
        var (now, text) = (clock.GetUtcNow(), body ?? "");
        var (pipeline, versions) = mailbox is { } of ? await source.JudgeAsync(of, cancel) : (await source.PipelineAsync(cancel), default);
        var result = pipeline.Run(new IncomingMessage
        {
            Id = 0, MailboxId = mailbox ?? 0, Subject = subject ?? "", From = new Correspondent(null, from ?? ""), ReceivedAt = now, Text = text, NewText = text,
        });
        return (result, PolicyRules.Decide(result, await policies.OfAsync(mailbox, cancel), source.Taxonomy.Find(result.Category), now), versions);
    }
}
