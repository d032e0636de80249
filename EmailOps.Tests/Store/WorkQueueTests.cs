using System.Collections.Concurrent;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

public sealed class WorkQueueTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static WorkOptions Options(int batch = 50, int leaseMs = 60_000, int attempts = 5, int backoffMs = 1000) => new()
    {
        BatchSize = batch, Lease = TimeSpan.FromMilliseconds(leaseMs), MaxAttempts = attempts, Backoff = TimeSpan.FromMilliseconds(backoffMs), MaxBackoff = TimeSpan.FromHours(1),
    };

    private static NewWork[] Work(int count) => [.. Enumerable.Range(1, count).Select(i => new NewWork(Stage.Triage, i, 1))];

    private async Task<IReadOnlyList<WorkItem>> ClaimAsync(WorkOptions options) => await _store.Queue(options).ClaimAsync(Stage.Triage, CancellationToken.None);

    [Fact]
    public async Task No_item_is_claimed_twice_however_many_claim()
    {
        await _store.EnqueueAsync(Work(5000));
        var claimed = new ConcurrentBag<long>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (await ClaimAsync(Options(batch: 37)) is { Count: > 0 } items)
            {
                foreach (var item in items) claimed.Add(item.SubjectId);
                await _store.CompleteAsync(items);
            }
        })));

        Assert.Equal(5000, claimed.Count);
        Assert.Equal(5000, claimed.Distinct().Count());
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task The_most_urgent_comes_first_and_among_equals_the_oldest()
    {
        await _store.EnqueueAsync(new NewWork(Stage.Triage, 1, 1, 3), new NewWork(Stage.Triage, 2, 1, 9), new NewWork(Stage.Triage, 3, 1, 9), new NewWork(Stage.Triage, 4, 1), new NewWork(Stage.Policy, 5, 1, 10));

        var first = await ClaimAsync(Options(batch: 3));
        var second = await ClaimAsync(Options(batch: 3));

        Assert.Equal([2, 3, 4], first.Select(i => i.SubjectId));
        Assert.Equal([1], second.Select(i => i.SubjectId));
    }

    [Fact]
    public async Task Delayed_work_waits_and_a_trigger_fetches_it_but_never_a_held_reply()
    {
        await _store.EnqueueAsync(new NewWork(Stage.Triage, 1, 7, Delay: TimeSpan.FromHours(1)), new NewWork(Stage.Triage, 2, 8, Delay: TimeSpan.FromHours(1)), new NewWork(Stage.Delivery, 3, 7, Delay: TimeSpan.FromHours(1)));
        Assert.Empty(await ClaimAsync(Options()));

        Assert.Equal(1, await _store.Queue(Options()).TriggerAsync(7, CancellationToken.None));

        Assert.Equal([1], (await ClaimAsync(Options())).Select(i => i.SubjectId));
        Assert.Empty(await _store.Queue(Options()).ClaimAsync(Stage.Delivery, CancellationToken.None));
        Assert.Equal(1, await _store.Queue(Options()).TriggerAsync(null, CancellationToken.None));
    }

    [Fact]
    public async Task When_a_lease_runs_out_another_takes_over_and_the_first_owners_results_are_rolled_back()
    {
        await _store.EnqueueAsync(Work(1));
        var first = await ClaimAsync(Options(leaseMs: 1));
        IReadOnlyList<WorkItem> second = [];
        await Wait.UntilAsync(async () => (second = await ClaimAsync(Options())).Count == 1, "the item is taken over");

        await using (var connection = await _store.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var result = new Npgsql.NpgsqlCommand("insert into installation values ('by', 'first')", connection);
            await result.ExecuteNonQueryAsync();
            await Assert.ThrowsAsync<LeaseLostException>(() => WorkQueue.CompleteAsync(connection, first, CancellationToken.None));
        }

        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from installation where key = 'by'"));
        Assert.Equal(2, second[0].Attempt);
        await _store.Queue(Options()).FailAsync([new(first[0], "too late")], CancellationToken.None);
        Assert.Equal(second[0].Lease, await _store.AskAsync<Guid>("select lease from work_item"));
        await _store.CompleteAsync(second);
    }

    [Fact]
    public async Task A_lease_that_ran_out_but_was_not_taken_over_still_counts()
    {
        await _store.EnqueueAsync(Work(1));
        var items = await ClaimAsync(Options(leaseMs: 1));
        await Wait.UntilAsync(() => _store.AskAsync<bool>("select available_at < now() from work_item"), "the lease has run out");

        await _store.CompleteAsync(items);

        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task Each_failure_makes_the_pause_longer_until_the_item_is_a_dead_letter_and_reviving_gives_all_attempts_back()
    {
        var options = Options(attempts: 4);
        await _store.EnqueueAsync(Work(1));
        var pauses = new List<double>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await _store.ExecuteAsync("update work_item set available_at = now()");
            var item = Assert.Single(await ClaimAsync(options));
            Assert.Equal(attempt, item.Attempt);
            await _store.Queue(options).FailAsync([new(item, $"failure {attempt}")], CancellationToken.None);
            pauses.Add(await _store.AskAsync<double>("select extract(epoch from available_at - now())::float8 from work_item"));
        }

        for (var i = 0; i < 3; i++) Assert.InRange(pauses[i], 0.70 * (1 << i), 1.30 * (1 << i));
        Assert.Equal("failure 4", await _store.AskAsync<string>("select last_error from work_item where died_at is not null"));
        await _store.ExecuteAsync("update work_item set available_at = now() - interval '1 day'");
        Assert.Empty(await ClaimAsync(options));

        var id = await _store.AskAsync<long>("select id from work_item");
        Assert.True(await _store.Queue(options).ReviveAsync(id, "Olga", CancellationToken.None));
        Assert.False(await _store.Queue(options).ReviveAsync(id, "Olga", CancellationToken.None));
        Assert.Equal(1, Assert.Single(await ClaimAsync(options)).Attempt);
    }

    [Fact]
    public async Task An_item_that_ends_its_worker_each_time_costs_only_itself_and_dies_in_the_end()
    {
        var options = Options(leaseMs: 1, attempts: 3);
        await _store.EnqueueAsync(Work(20));
        var done = new List<long>();
        var deaths = 0;
        // Item 7 kills whoever holds it: what it was claimed with is never finished.
        await Wait.UntilAsync(async () =>
        {
            var items = await ClaimAsync(options);
            if (items.Any(i => i.SubjectId == 7)) deaths++;
            else if (items.Count > 0)
            {
                await _store.CompleteAsync(items);
                done.AddRange(items.Select(i => i.SubjectId));
            }
            return await _store.AskAsync<long>("select count(*) from work_item where died_at is null") == 0;
        }, "every other item is done and the bad one is dead");

        Assert.Equal(Enumerable.Range(1, 20).Where(i => i != 7).Select(i => (long)i), done.Order());
        Assert.Equal(3, deaths);
        Assert.Equal(7, await _store.AskAsync<long>("select subject_id from work_item where died_at is not null and last_error like 'Every worker that held it%'"));
    }

    [Fact]
    public async Task What_is_given_back_after_an_outage_is_ready_at_once_and_has_lost_no_attempt()
    {
        await _store.EnqueueAsync(Work(3));
        var items = await ClaimAsync(Options());

        await _store.Queue(Options()).GiveBackAsync(items[0].Lease, CancellationToken.None);

        Assert.Equal([1, 1, 1], (await ClaimAsync(Options())).Select(i => i.Attempt));
    }

    [Fact]
    public async Task An_error_text_that_no_database_takes_is_kept_all_the_same()
    {
        await _store.EnqueueAsync(Work(1));
        var item = Assert.Single(await ClaimAsync(Options()));

        await _store.Queue(Options()).FailAsync([new(item, "a\0b\ud800" + new string('x', 1995) + "\U0001F600")], CancellationToken.None);

        Assert.StartsWith("a\uFFFDb\uFFFDxxx", await _store.AskAsync<string>("select last_error from work_item"), StringComparison.Ordinal);
    }
}
