using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.LanguageModels.Strict;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Core.Data;

/// <summary>What asking a language model needs, put together: prompts, the mailboxes' policies, the team's examples, the providers.</summary>
internal sealed class ConsultDesk(TriageSource source, ConsultStore store, ExampleStore examples, ModelPolicies policies, PromptLibrary prompts, ConsultOptions options, ModelRoster roster, ModelRouter models, StrictAnswers strict, TimeProvider clock)
{
    private Consultant? _consultant;

    /// <summary>There is a provider to ask, whether it answers now or not. Without one nothing is asked and nothing is missed.</summary>
    public bool HasModel => roster.Providers.Count > 0;

    /// <summary>Why nobody would answer now, as far as this process knows; null when somebody may.</summary>
    public string? Obstacle => models.CanChat || roster.Providers.Any(p => p.LookedAt is null) ? null : roster.Providers.Select(p => p.Problem).FirstOrDefault(p => p != null) is { } problem ? $"No language model answers: {problem}" : "No language model answers just now.";

    /// <summary>What each mailbox may ask; for many messages at once.</summary>
    public ValueTask<Func<long, ModelPolicy>> PoliciesAsync(CancellationToken cancel) => policies.NowAsync(cancel);

    public ConsultPlan Plan(TriageResult built, IncomingMessage message, ModelPolicy policy) => ConsultRules.Plan(built, message, source.Taxonomy.Find(built.Category), policy.Use, options);

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Consulted> AskAsync(IncomingMessage message, TriageResult built, ConsultPlan plan, ModelPolicy policy, CancellationToken cancel)
    {
        _consultant ??= await ConsultantAsync(prompts, mayWait: false, cancel);
        return await AskAsync(_consultant, message, built, plan, policy, cancel);
    }

    /// <summary>Somebody who asks with other prompts, and lets all other questions go first.</summary>
    public Task<Consultant> TryAsync(PromptLibrary others, CancellationToken cancel) => ConsultantAsync(others, mayWait: true, cancel);

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Consulted> AskAsync(Consultant consultant, IncomingMessage message, TriageResult built, ConsultPlan plan, ModelPolicy policy, CancellationToken cancel)
    {
        var shown = plan.Questions.HasFlag(ConsultQuestions.Judge) && options.Examples > 0
            ? (await examples.NowAsync(cancel)).Choose(message.Id, $"{message.Subject}\n{message.NewText}", [.. built.Alternatives.Select(a => a.Category)], options.Examples) : [];
        var earlier = plan.Questions.HasFlag(ConsultQuestions.Summary) && message.ThreadPosition > 0 ? await store.EarlierAsync(message.Id, cancel) : [];
        return await consultant.AskAsync(new ConsultCase(message, built, plan, policy, earlier, shown, await source.RepliesAsync(message.MailboxId, cancel)), cancel);
    }

    private async Task<Consultant> ConsultantAsync(PromptLibrary library, bool mayWait, CancellationToken cancel)
        => new(strict, new PromptWriter(library, source.Taxonomy, options, await store.FenceKeyAsync(cancel)), source.Taxonomy, options, clock, mayWait);

    /// <summary>The built-in judgement as it stands when nobody is asked although the rules want it.</summary>
    public static TriageResult Missed(TriageResult built, string reason)
        => built with { Degraded = true, Runs = [.. built.Runs, new AgentRun("consult", built.Runs.Count == 0 ? 0 : built.Runs[^1].StartedMicroseconds + built.Runs[^1].DurationMicroseconds, 0, AgentOutcome.Skipped, reason)] };
}
