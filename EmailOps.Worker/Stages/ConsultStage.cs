using EmailOps.Core.Data;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>
/// Asks the language model about one message at a time, the most urgent first. The built-in judgement is stored already, and is what goes on to policy
/// when nobody can be asked. A worker that ends meanwhile has written nothing: the next one asks again, and most answers are then known.
/// </summary>
internal sealed class ConsultStage(ConsultStore store, ConsultDesk desk, TriageStore triage, TriageSource source, ConsultOptions options, WorkQueue queue, IHostApplicationLifetime life, TimeProvider clock) : IStage
{
    /// <summary>An item whose worker ended so often while asking is not asked about again.</summary>
    private const int MostAttempts = 2;

    public Stage Stage => Stage.Consult;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        List<WorkFailure> failures = [];
        foreach (var item in items)
            if (await OneAsync(item, cancel) is { } failure) failures.Add(failure);
        return failures;
    }

    private async Task<WorkFailure?> OneAsync(WorkItem item, CancellationToken cancel)
    {
        if (!(await triage.LoadAsync([item.SubjectId], cancel)).TryGetValue(item.SubjectId, out var message)) return new WorkFailure(item, "The message is no longer stored.");
        // Judged anew: it takes a fraction of a millisecond, and passages and scores are as fresh as the articles.
        var built = (await source.PipelineAsync(message.MailboxId, cancel)).Run(message);
        var policy = (await desk.PoliciesAsync(cancel))(message.MailboxId);
        var plan = desk.Plan(built, message, policy);
        if (!plan.Wants)
        {
            await store.SkipAsync(item, cancel);
            EmailOpsTelemetry.Consultation("not-needed", 1);
            return null;
        }
        var began = clock.GetTimestamp();
        Consulted consulted;
        if (await MissedAsync(item, cancel) is var (missed, again) && missed != null) consulted = new Consulted(ConsultDesk.Missed(built, missed), [], missed, again);
        else
        {
            try
            {
                consulted = await desk.AskAsync(message, built, plan, policy, life.ApplicationStopping);
            }
            catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
            {
                await queue.GiveBackAsync(item.Lease, cancel);
                return null;
            }
            EmailOpsTelemetry.ConsultationTook(clock.GetElapsedTime(began));
        }
        var outcome = await store.SaveAsync(item, message, plan, consulted, cancel);
        item.Span?.SetTag("emailops.consult.outcome", outcome.ToString());
        EmailOpsTelemetry.Consultation(outcome switch { Core.Contracts.ConsultationOutcome.Answered => "answered", Core.Contracts.ConsultationOutcome.Degraded => "degraded", _ => "person-faster" }, 1);
        return null;
    }

    /// <summary>Why it is not asked about at all.</summary>
    private async Task<(string? Reason, JudgeAgain Again)> MissedAsync(WorkItem item, CancellationToken cancel)
    {
        if (item.Attempt > MostAttempts) return ("Asking the language model failed or ended the worker twice.", JudgeAgain.AfterPause);
        if (desk.Obstacle is { } obstacle) return (obstacle, JudgeAgain.WhenBack);
        return await store.WaitedAsync(item, cancel) is { } waited && waited > options.LongestWait ? ("The language model had too much to do.", JudgeAgain.WhenBack) : default;
    }
}
