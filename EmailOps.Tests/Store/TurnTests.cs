using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Store;

/// <summary>Whose turn it is: mailboxes and priorities side by side, and threads in order.</summary>
public sealed class TurnTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private Task<IReadOnlyList<WorkItem>> ClaimAsync(int most, Guid? lease = null) => _store.Queue(new WorkOptions()).ClaimAsync(Stage.Triage, lease ?? Guid.CreateVersion7(), most, CancellationToken.None);

    private async Task<List<WorkItem>> DoAsync(int most)
    {
        var items = await ClaimAsync(most);
        if (items.Count > 0) await _store.CompleteAsync(items);
        return [.. items];
    }

    private static NewWork[] Of(long mailbox, int count, short priority = NewWork.NormalPriority) => [.. Enumerable.Range(1, count).Select(i => new NewWork(Stage.Triage, i, mailbox, priority))];

    [Fact]
    public async Task A_mailbox_with_a_long_backlog_does_not_hold_up_another()
    {
        await _store.EnqueueAsync(Of(mailbox: 1, count: 2000));
        await DoAsync(500);
        await _store.EnqueueAsync(Of(mailbox: 2, count: 30));

        var next = await DoAsync(62);

        Assert.InRange(next.Count(i => i.MailboxId == 2), 29, 30);
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i).Skip(500).Take(next.Count(i => i.MailboxId == 1)), next.Where(i => i.MailboxId == 1).Select(i => i.SubjectId)); // still oldest first
    }

    [Fact]
    public async Task A_mailbox_that_was_idle_gets_its_share_and_not_what_it_missed()
    {
        await _store.EnqueueAsync(Of(mailbox: 1, count: 1000));
        await DoAsync(600);
        await _store.EnqueueAsync(Of(mailbox: 2, count: 1000));

        var next = await DoAsync(300);

        Assert.InRange(next.Count(i => i.MailboxId == 1), 149, 151);
    }

    [Fact]
    public async Task Urgent_work_overtakes_a_backlog_and_work_of_low_priority_is_done_in_the_end_however_much_that_is_urgent_comes()
    {
        await _store.EnqueueAsync(Of(mailbox: 1, count: 400));
        await _store.EnqueueAsync(Of(mailbox: 1, count: 1, priority: 2));
        await DoAsync(10);
        await _store.EnqueueAsync(Of(mailbox: 1, count: 3, priority: 10));
        Assert.Equal([10, 10, 10], (await DoAsync(3)).Select(i => (int)i.Priority));

        // From now on more comes than is done, and all of it is more urgent.
        var waited = 0;
        while (!(await DoAsync(8)).Any(i => i.Priority == 2))
        {
            await _store.EnqueueAsync(Of(mailbox: 1, count: 6, priority: 7));
            await _store.EnqueueAsync(Of(mailbox: 3, count: 4, priority: 6));
            Assert.True(++waited < 400, "The item of low priority starves.");
        }
        Assert.True(waited > 5, $"It came after {waited} rounds: it was not of low priority.");
    }

    [Fact]
    public async Task Of_two_neighbouring_priorities_the_more_urgent_has_three_turns_for_one()
    {
        await _store.EnqueueAsync([.. Of(1, 400, priority: 6), .. Of(1, 400, priority: 5)]);

        var next = await DoAsync(200);

        Assert.InRange(next.Count(i => i.Priority == 6), 148, 152);
    }

    [Fact]
    public async Task Of_a_thread_the_second_message_waits_while_another_worker_has_the_first_and_other_threads_do_not()
    {
        await _store.EnqueueAsync(new NewWork(Stage.Triage, 1, 1, ThreadId: 70), new NewWork(Stage.Triage, 2, 1, ThreadId: 70), new NewWork(Stage.Triage, 3, 1, ThreadId: 71));
        var first = await ClaimAsync(1);
        Assert.Equal([1], first.Select(i => i.SubjectId));

        var other = await ClaimAsync(10);
        Assert.Equal([3], other.Select(i => i.SubjectId));

        await _store.CompleteAsync(first);
        Assert.Equal([2], (await ClaimAsync(10)).Select(i => i.SubjectId));
    }

    [Fact]
    public async Task One_worker_gets_several_messages_of_a_thread_at_once_in_their_order()
    {
        await _store.EnqueueAsync([.. Enumerable.Range(1, 5).Select(i => new NewWork(Stage.Triage, i, 1, ThreadId: 70))]);

        var items = await ClaimAsync(10);

        Assert.Equal([1, 2, 3, 4, 5], items.Select(i => i.SubjectId));
        Assert.All(items, i => Assert.Equal(70, i.ThreadId));
    }

    [Fact]
    public async Task However_many_workers_claim_no_two_have_messages_of_one_thread_and_each_thread_is_done_in_order()
    {
        const int Threads = 12, Each = 25;
        await _store.EnqueueAsync([.. Enumerable.Range(0, Threads * Each).Select(i => new NewWork(Stage.Triage, i, 1 + i % 3, ThreadId: i % Threads))]);
        var (gate, held, done) = (new Lock(), new HashSet<long>(), new Dictionary<long, List<long>>());
        List<string> broken = [];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (await _store.AskAsync<long>("select count(*) from work_item") > 0)
            {
                var items = await ClaimAsync(1 + random.Next(7));
                if (items.Count == 0) continue;
                var threads = items.Select(i => i.ThreadId!.Value).Distinct().ToList();
                lock (gate)
                {
                    foreach (var thread in threads)
                        if (!held.Add(thread)) broken.Add($"thread {thread} is in the hands of two");
                    foreach (var item in items) (done.TryGetValue(item.ThreadId!.Value, out var list) ? list : done[item.ThreadId.Value] = []).Add(item.SubjectId);
                }
                await Task.Yield();
                lock (gate) held.ExceptWith(threads); // before the end is committed: later would be too strict
                await _store.CompleteAsync(items);
            }
        })));

        Assert.Empty(broken);
        Assert.Equal(Threads * Each, done.Values.Sum(d => d.Count));
        Assert.All(done.Values, list => Assert.Equal(list.Order(), list));
    }

    [Fact]
    public async Task A_message_that_failed_does_not_hold_up_its_thread()
    {
        await _store.EnqueueAsync(new NewWork(Stage.Triage, 1, 1, ThreadId: 70), new NewWork(Stage.Triage, 2, 1, ThreadId: 70));
        await _store.Queue(new WorkOptions { Backoff = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1) }).FailAsync([new WorkFailure((await ClaimAsync(1))[0], "it failed")], CancellationToken.None);

        Assert.Equal([2], (await ClaimAsync(10)).Select(i => i.SubjectId));
    }

    [Fact]
    public async Task Claims_do_not_read_what_waits_for_its_time()
    {
        await _store.EnqueueAsync([.. Enumerable.Range(1, 20_000).Select(i => new NewWork(Stage.Triage, i, 1, Delay: TimeSpan.FromHours(1)))]);
        await _store.EnqueueAsync(Of(mailbox: 2, count: 5));
        await _store.ExecuteAsync("analyze work_item");

        var plan = string.Join('\n', await _store.ColumnAsync<string>($"explain (analyze, buffers off, timing off) {Ready}"));

        Assert.Contains("work_item_turn", plan, StringComparison.Ordinal);
        Assert.Contains("(actual rows=5 ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Rows Removed by Filter", plan, StringComparison.Ordinal);
        Assert.Equal(5, (await ClaimAsync(100)).Count);
    }

    [Fact]
    public async Task A_plan_made_while_the_queue_is_empty_is_good_for_a_full_one()
    {
        await _store.ExecuteAsync("vacuum analyze work_item");
        await using var connection = await _store.Source.OpenConnectionAsync();
        async Task<string> PlanAsync(string name, string types, string sql, string values)
        {
            await Sql.ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan", [], CancellationToken.None);
            await Sql.ExecuteAsync(connection, $"prepare {name} ({types}) as {sql}", [], CancellationToken.None);
            return string.Join('\n', await Sql.QueryAsync(connection, $"explain execute {name}({values})", [], r => r.GetString(0), CancellationToken.None));
        }

        var claim = await PlanAsync("claim", "smallint, int, uuid, interval, smallint, text, bigint", QueueSql.Claim, "1::smallint, 50, gen_random_uuid(), '1 minute', 5::smallint, '', 0");
        var enqueue = await PlanAsync("enqueue", "smallint[], bigint[], bigint[], smallint[], interval[], bigint[], text[]", QueueSql.Enqueue, "'{1}', '{1}', '{1}', '{5}', '{0 s}', '{1}', '{x}'");
        var complete = await PlanAsync("complete", "bigint[], uuid", QueueSql.Complete, "'{1}', gen_random_uuid()");

        Assert.Contains("work_item_turn", claim, StringComparison.Ordinal);
        foreach (var plan in (string[])[claim, enqueue, complete]) Assert.DoesNotContain("Seq Scan on work_item", plan, StringComparison.Ordinal);
        Assert.Equal(2, claim.Split("Index Cond: (id = ANY").Length - 1); // never the whole primary key
        Assert.Equal(2, claim.Split("Index Cond: ((thread_id = ").Length - 1);
    }

    private const string Ready = "select id from work_item where stage = 1 and died_at is null and wake_at is null and turn >= 0 and available_at <= now() order by turn, id limit 100";
}
