using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>The registry of processes that do work.</summary>
public sealed class WorkerStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private Task<IReadOnlyList<LostWorker>> BeatAsync(WorkerIdentity worker, bool draining = false, int most = 10)
        => _store.Get<WorkerStore>().BeatAsync(new WorkerBeatRow(worker.Id, "host-\0a", 42, "1.0", draining, 3, most, [new WorkerStage("Triage", 1, 20, 2)]), CancellationToken.None);

    private async Task<IReadOnlyList<WorkerView>> ListAsync() => (await _store.Get<ProcessFigures>().StatusAsync(CancellationToken.None)).Workers;

    [Fact]
    public async Task A_worker_is_seen_with_what_it_does_until_it_leaves()
    {
        var worker = new WorkerIdentity();
        await BeatAsync(worker);
        await BeatAsync(worker, draining: true);

        var seen = Assert.Single(await ListAsync());
        Assert.Equal((worker.Id, "host-\uFFFDa", 42, "1.0", true, 3), (seen.Id, seen.Host, seen.ProcessId, seen.Version, seen.IsDraining, seen.Mailboxes));
        Assert.Equal([new WorkerStage("Triage", 1, 20, 2)], seen.Stages);
        Assert.True(seen.HeardAt >= seen.Since);

        await _store.Get<WorkerStore>().LeaveAsync(worker.Id, CancellationToken.None);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task What_a_silent_worker_held_is_free_at_once_and_counts_as_an_attempt_and_what_others_hold_is_not_touched()
    {
        var (dead, alive) = (new WorkerIdentity(), new WorkerIdentity());
        await _store.EnqueueAsync([.. Enumerable.Range(1, 10).Select(i => new NewWork(Stage.Triage, i, 1))]);
        var queue = _store.Queue(new WorkOptions { Lease = TimeSpan.FromHours(1) });
        var lost = await queue.ClaimAsync(Stage.Triage, dead.NewLease(), 3, CancellationToken.None);
        var kept = await queue.ClaimAsync(Stage.Triage, alive.NewLease(), 3, CancellationToken.None);
        await BeatAsync(dead);
        await _store.ExecuteAsync("update worker set alive_until = now() - interval '1 second'");
        Assert.Empty(await ListAsync());

        Assert.Equal([new LostWorker("host-\uFFFDa", 42, 3)], await BeatAsync(alive));

        Assert.Empty(await BeatAsync(alive)); // once
        // By a process that has not claimed before: one that is busy looks at what lies behind only now and then.
        var taken = await _store.Queue(new WorkOptions()).ClaimAsync(Stage.Triage, alive.NewLease(), 10, CancellationToken.None);
        Assert.Equal((lost[0].SubjectId, 2), (taken[0].SubjectId, Assert.Single(taken).Attempt)); // alone, because it may be what ended the other
        await _store.CompleteAsync(kept);
        await Assert.ThrowsAsync<LeaseLostException>(() => _store.CompleteAsync([lost[0]]));
    }

    [Fact]
    public async Task Mailboxes_are_shared_so_that_all_are_read_and_none_has_more_than_its_share()
    {
        await _store.ExecuteAsync("""insert into mailbox (address, name, created_at, settings, is_enabled) select i || '@many.example', '', now(), '{"imap": {}}', true from generate_series(1, 9) i""");
        var loops = _store.Get<LoopStore>();
        Assert.Equal(int.MaxValue, await loops.ShareAsync(CancellationToken.None)); // nobody told that it reads
        WorkerIdentity[] workers = [new(), new(), new()];
        foreach (var worker in workers) await BeatAsync(worker);
        Assert.Equal(3, await loops.ShareAsync(CancellationToken.None));

        await BeatAsync(workers[0], draining: true);
        Assert.Equal(5, await loops.ShareAsync(CancellationToken.None));
        await BeatAsync(workers[1], most: 0);
        Assert.Equal(9, await loops.ShareAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(10, new[] { 5, 5, 5 }, 4)]
    [InlineData(10, new[] { 1, 20, 20 }, 5)]
    [InlineData(0, new[] { 7 }, 0)]
    [InlineData(100, new[] { 10, 10 }, int.MaxValue)]
    [InlineData(5, new int[0], int.MaxValue)]
    public void A_share_is_enough_for_all_whatever_each_can_read(int mailboxes, int[] most, int share) => Assert.Equal(share, LoopStore.Share(mailboxes, most));

    [Fact]
    public void Leases_tell_whose_they_are()
    {
        var (one, two) = (new WorkerIdentity(), new WorkerIdentity());
        var leases = Enumerable.Range(0, 1000).Select(_ => one.NewLease()).ToList();

        Assert.Equal(1000, leases.Distinct().Count());
        Assert.All(leases, lease => Assert.True(string.CompareOrdinal($"{lease}", $"{one.Id}") > 0 && string.CompareOrdinal($"{lease}", $"{WorkerIdentity.LastLease(one.Id)}") < 0));
        Assert.DoesNotContain(two.Id, leases);
    }
}
