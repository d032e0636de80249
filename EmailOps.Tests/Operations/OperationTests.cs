using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Operations;

/// <summary>Orders to the whole installation, given over the Api.</summary>
public sealed class OperationTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private Task<OperationsView> OrderAsync(string route, object? body = null) => installation.Caller.SendAsync<OperationsView>(HttpMethod.Post, route, body);

    private Task<List<string>> AuditAsync(string action) => installation.Store.ColumnAsync<string>($"select actor || ': ' || detail from audit_entry where action = '{action}' order by id");

    [Fact]
    public async Task Draining_workers_claim_nothing_until_somebody_resumes()
    {
        await installation.Store.EnqueueAsync(new NewWork(Stage.Triage, 1, installation.Store.Mailbox), new NewWork(Stage.Triage, 2, installation.Store.Mailbox));
        var queue = installation.Store.Queue(new WorkOptions { BatchSize = 1 });
        var held = await queue.ClaimAsync(Stage.Triage, CancellationToken.None);

        var draining = await OrderAsync(OperationRoutes.Drain, new StandingOrder("  PostgreSQL is updated  "));
        var again = await OrderAsync(OperationRoutes.Drain);
        var claimed = await queue.ClaimAsync(Stage.Triage, CancellationToken.None);
        await installation.Store.CompleteAsync(held);
        var drained = await installation.Caller.GetAsync<ProcessStatus>(Routes.ProcessStatus);
        var resumed = await OrderAsync(OperationRoutes.WorkersResume);
        var after = await queue.ClaimAsync(Stage.Triage, CancellationToken.None);
        await installation.Store.CompleteAsync(after);

        Assert.Equal(("Olga", "PostgreSQL is updated", 1L), (draining.Draining!.By, draining.Draining.Reason, draining.InHand));
        Assert.Equal(draining.Draining, again.Draining);
        Assert.Empty(claimed);
        Assert.Equal((draining.Draining, 0L, 1L), (drained.Operations.Draining, drained.Operations.InHand, drained.CurrentQueueSize));
        Assert.Null(resumed.Draining);
        Assert.Equal(2, Assert.Single(after).SubjectId);
        Assert.Equal(["Olga: Had the workers claim nothing more: PostgreSQL is updated"], await AuditAsync("workers.drain"));
        Assert.Equal(["Olga: Workers claim again."], await AuditAsync("workers.resume"));
    }

    [Fact]
    public async Task A_mailbox_is_given_back_and_not_taken_while_workers_drain()
    {
        var mailbox = await installation.Store.MailboxAsync("read@example.com");
        await installation.Store.ExecuteAsync($"update mailbox set settings = jsonb_build_object('imap', jsonb_build_object('host', 'imap.example.com', 'port', 993)) where id = {mailbox}");
        var (loops, owner, lease) = (installation.Store.Get<LoopStore>(), Guid.NewGuid(), TimeSpan.FromMinutes(1));
        LoopBeat[] beats = [new(mailbox, LoopState.Watching, null, null, 0, null, null)];
        Assert.Contains(await loops.TakeAsync(owner, lease, 5, CancellationToken.None), h => h.MailboxId == mailbox);

        await OrderAsync(OperationRoutes.Drain);
        var kept = await loops.KeepAsync(owner, lease, beats, CancellationToken.None);
        await loops.ReleaseAsync(owner, mailbox, CancellationToken.None);
        var taken = await loops.TakeAsync(owner, lease, 5, CancellationToken.None);
        var drained = await installation.Caller.GetAsync<OperationsView>(OperationRoutes.All);
        await OrderAsync(OperationRoutes.WorkersResume);
        var after = await loops.TakeAsync(owner, lease, 5, CancellationToken.None);

        Assert.Empty(kept);
        Assert.Empty(taken);
        Assert.Equal(0, drained.InHand);
        Assert.Contains(after, h => h.MailboxId == mailbox);
    }

    [Fact]
    public async Task A_pause_is_told_once_and_ends_once()
    {
        var paused = await OrderAsync(OperationRoutes.Pause, new StandingOrder("The shop is closed"));
        var again = await OrderAsync(OperationRoutes.Pause, new StandingOrder("Somebody else came too late"));
        var resumed = await OrderAsync(OperationRoutes.Resume);
        await OrderAsync(OperationRoutes.Resume);

        Assert.Equal(("Olga", "The shop is closed"), (paused.Paused!.By, paused.Paused.Reason));
        Assert.Equal(paused.Paused, again.Paused);
        Assert.Null(resumed.Paused);
        Assert.Equal(["Olga: Held all automatic answers: The shop is closed"], await AuditAsync("automation.pause"));
        Assert.Single(await AuditAsync("automation.resume"));
    }

    [Fact]
    public async Task A_reason_has_a_length()
    {
        using var refused = await installation.Caller.SendAsync(HttpMethod.Post, OperationRoutes.Pause, new StandingOrder(new string('x', StandingOrders.LongestReason + 1)));

        await ApiCaller.ProblemAsync(refused, 400);
        Assert.Null((await installation.Caller.GetAsync<OperationsView>(OperationRoutes.All)).Paused);
    }

    [Fact]
    public async Task The_cache_of_answers_is_cleared()
    {
        await installation.Store.ExecuteAsync("insert into model_answer (key, prompt, model, answer, tokens_in, tokens_out, used_at, expires_at) values ('\\x01', 'judge/1', 'tiny', '{}', 1, 1, now(), now() + interval '1 hour')");

        var cleared = await installation.Caller.SendAsync<CacheCleared>(HttpMethod.Post, OperationRoutes.ClearCache, null);

        Assert.True(cleared.Answers >= 1);
        Assert.Equal(0, await installation.Store.AskAsync<long>("select count(*) from model_answer"));
    }

    [Fact]
    public async Task Sample_mail_is_loaded_into_a_mailbox_of_its_own_and_once()
    {
        var first = await installation.Caller.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null);
        var second = await installation.Caller.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null);

        Assert.True(first.Stored > 50, $"{first.Stored} samples");
        Assert.Equal((0L, first.Stored + first.Duplicates), (second.Stored, second.Duplicates));
        Assert.Equal(["support@nordlicht-outfitters.example"], await installation.Store.ColumnAsync<string>("select distinct b.address from message m join mailbox b on b.id = m.mailbox_id"));
    }
}
