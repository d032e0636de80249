using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;

namespace EmailOps.Core.Data;

/// <summary>What triage and policy would say of words that are not stored: for programs and for language models that ask.</summary>
internal sealed class UnstoredTriage(TriageSource source, PolicyOptions policy, TimeProvider clock)
{
    public const int MaxCharacters = 200_000;
    public const int MaxSubject = 1_000;

    public async Task<(TriageResult Result, Decision Decision)> JudgeAsync(string? subject, string? body, string? from, CancellationToken cancel)
    {
        var (now, text) = (clock.GetUtcNow(), body ?? "");
        var result = (await source.PipelineAsync(cancel)).Run(new IncomingMessage
        {
            Id = 0, MailboxId = 0, Subject = subject ?? "", From = new Correspondent(null, from ?? ""), ReceivedAt = now, Text = text, NewText = text,
        });
        return (result, PolicyRules.Decide(result, policy.Default, source.Taxonomy.Find(result.Category), now));
    }
}
