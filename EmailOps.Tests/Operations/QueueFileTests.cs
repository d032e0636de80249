using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Operations;

/// <summary>The queue taken into a file and back, and the order that only the urgent goes on.</summary>
public sealed class QueueFileTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-queue-");

    private string Path(string name = "queue.json") => System.IO.Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<TestStore> ThreeQueuedAsync(PostgresFixture postgres)
    {
        var store = await TestStore.CreateAsync(postgres);
        await store.StoreAsync([.. Enumerable.Range(0, 3).Select(i => MailText.Of(id: $"q{i}@x.example", subject: $"Question {i} of somebody"))]);
        Assert.Equal(3, await store.AskAsync<long>("select count(*) from work_item"));
        return store;
    }

    [Fact]
    public async Task What_is_drained_comes_back_once_as_it_was_whoever_tries_how_often()
    {
        await using var store = await ThreeQueuedAsync(postgres);
        var before = await store.ColumnAsync<string>("select stage || ' ' || subject_id || ' ' || mailbox_id || ' ' || priority || ' ' || thread_id from work_item order by turn, id");
        (string, string) database = ("ConnectionStrings__emailops", store.ConnectionString);

        var drained = await OwnProcess.RunAsync("emailops", ["drain", "--output", Path()], database);
        Assert.Equal(0, drained.Code);
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from work_item"));
        Assert.DoesNotContain("Question", await File.ReadAllTextAsync(Path()), StringComparison.Ordinal);
        Assert.Equal(2, (await OwnProcess.RunAsync("emailops", ["drain", "--output", Path()], database)).Code);

        var restored = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => store.Get<QueueArchive>().RestoreAsync(Path(), "Olga", CancellationToken.None)));
        Assert.Single(restored, r => r is { Items: 3, Doubles: 0, Gone: 0 });
        Assert.Equal(2, restored.Count(r => r is null));
        Assert.Equal(before, await store.ColumnAsync<string>("select stage || ' ' || subject_id || ' ' || mailbox_id || ' ' || priority || ' ' || thread_id from work_item order by turn, id"));

        // Even when they were done meanwhile.
        await store.ExecuteAsync("delete from work_item");
        var again = await OwnProcess.RunAsync("emailops", ["restore-queue", Path()], database);
        Assert.Equal((0, 0L), (again.Code, await store.AskAsync<long>("select count(*) from work_item")));
        Assert.Contains("before", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_worker_holds_stays_and_a_file_that_cannot_be_written_leaves_the_queue_as_it_was()
    {
        await using var store = await ThreeQueuedAsync(postgres);
        var held = await store.Get<WorkQueue>().ClaimAsync(Stage.Triage, Guid.CreateVersion7(), 1, CancellationToken.None);
        await File.WriteAllTextAsync(Path("a-file"), "");

        await Assert.ThrowsAnyAsync<IOException>(() => store.Get<QueueArchive>().DrainAsync(Path("a-file/queue.json"), "Olga", CancellationToken.None));
        Assert.Equal(3, await store.AskAsync<long>("select count(*) from work_item"));
        var drained = await store.Get<QueueArchive>().DrainAsync(Path(), "Olga", CancellationToken.None);

        Assert.Equal((2L, 1L), (drained.Items, drained.Left));
        Assert.Equal(held[0].SubjectId, await store.AskAsync<long>("select subject_id from work_item"));
    }

    [Fact]
    public async Task A_file_whose_drain_broke_off_or_that_holds_nonsense_queues_nothing()
    {
        await using var store = await ThreeQueuedAsync(postgres);
        var archive = store.Get<QueueArchive>();
        await archive.DrainAsync(Path(), "Olga", CancellationToken.None);
        // As after a crash between the file and the commit: the row is not there, the items are.
        await store.ExecuteAsync("delete from queue_drain");
        await Assert.ThrowsAsync<InvalidDataException>(() => archive.RestoreAsync(Path(), "Olga", CancellationToken.None));
        foreach (var text in (string[])["", "{}", "[1,2", """{"version":9,"items":[]}""", """{"version":1,"items":[{"stage":"Sending","subjectId":1,"mailboxId":1,"priority":5}]}""", """{"version":1,"items":[null]}"""])
        {
            await File.WriteAllTextAsync(Path("odd.json"), text);
            await Assert.ThrowsAnyAsync<Exception>(() => archive.RestoreAsync(Path("odd.json"), "Olga", CancellationToken.None));
        }
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task Under_the_order_only_the_urgent_is_claimed_past_triage_even_behind_others_of_its_thread_and_afterwards_everything()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.EnqueueAsync(new NewWork(Stage.Policy, 1, store.Mailbox, 3, ThreadId: 7), new NewWork(Stage.Policy, 2, store.Mailbox, 9, ThreadId: 7), new NewWork(Stage.Policy, 3, store.Mailbox, 8), new NewWork(Stage.Triage, 4, store.Mailbox, 5), new NewWork(Stage.Sending, 5, store.Mailbox, 5));
        await store.ExecuteAsync("update work_item set turn = 1 where subject_id = 1");
        (string, string) database = ("ConnectionStrings__emailops", store.ConnectionString);

        var ordered = await OwnProcess.RunAsync("emailops", ["process", "--min-priority", "8", "--why", "model away"], database);
        Assert.Equal(0, ordered.Code);
        Assert.Contains("priority 8", ordered.Output, StringComparison.Ordinal);
        Assert.Equal("2 3", await ClaimAsync(store, Stage.Policy));
        Assert.Equal("4", await ClaimAsync(store, Stage.Triage));
        Assert.Equal("5", await ClaimAsync(store, Stage.Sending));
        Assert.Equal(8, (await store.Get<StandingOrders>().ViewAsync(CancellationToken.None)).UrgentOnly?.MinPriority);
        Assert.Equal(7, (await store.Get<StandingOrders>().GiveAsync(OrderKind.Urgent, "Olga", null, CancellationToken.None, 7)).UrgentOnly?.MinPriority);

        await store.ExecuteAsync("delete from work_item where subject_id = 2"); // done
        Assert.Equal(0, (await OwnProcess.RunAsync("emailops", ["process", "--all"], database)).Code);
        Assert.Equal("1", await ClaimAsync(store, Stage.Policy));
        Assert.Equal((2, 2), ((await OwnProcess.RunAsync("emailops", ["process"], database)).Code, (await OwnProcess.RunAsync("emailops", ["process", "--min-priority", "11"], database)).Code));
    }

    private static async Task<string> ClaimAsync(TestStore store, Stage stage) => string.Join(' ', (await store.Queue(new WorkOptions()).ClaimAsync(stage, CancellationToken.None)).Select(i => i.SubjectId).Order());
}
