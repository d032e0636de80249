using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>A mailbox that is read: a database of its own, the real worker, and a server behind it.</summary>
internal sealed class ReadMailbox : IAsyncDisposable
{
    private readonly List<WebApplication> _workers = [];

    private ReadMailbox(TestStore store, long id) => (Store, Id) = (store, id);

    public TestStore Store { get; }
    public long Id { get; }

    public static MailServerSettings Server(MailServerPair servers) => new(MailServerPair.Host, servers.ImapPort, MailSecurity.None);

    public static Task<ReadMailbox> CreateAsync(PostgresFixture postgres, MailServerPair servers, MailUser user, MailboxSettings? settings = null)
        => CreateAsync(postgres, user, (settings ?? new MailboxSettings()) with { Imap = Server(servers) });

    public static async Task<ReadMailbox> CreateAsync(PostgresFixture postgres, MailUser user, MailboxSettings settings)
        => await OpenAsync(await postgres.CreateDatabaseAsync(), user, settings);

    public static async Task<ReadMailbox> OpenAsync(string database, MailUser user, MailboxSettings settings)
    {
        var store = await TestStore.OpenAsync(database);
        var made = await store.Get<MailboxStore>().CreateAsync("test", new SaveMailbox(user.Address, "", settings, RunLogs.Secret(user.Password)), CancellationToken.None);
        Assert.Equal(WriteOutcome.Done, made.Outcome);
        return new ReadMailbox(store, made.Id);
    }

    /// <summary>A worker that looks up often and gives up seldom.</summary>
    public async Task<WebApplication> WorkAsync(params string[] settings)
    {
        var worker = await TestHosts.WorkerAsync(Store.ConnectionString, ["--Intake:Lease=00:00:02", "--Intake:MaxBackoff=00:00:01", .. settings]);
        _workers.Add(worker);
        return worker;
    }

    public async Task StopAsync(WebApplication worker)
    {
        _workers.Remove(worker);
        await worker.StopAsync();
        await worker.DisposeAsync();
    }

    public async Task ChangeAsync(Func<MailboxSettings, MailboxSettings> change, string? secret = null, bool isEnabled = true)
    {
        var mailboxes = Store.Get<MailboxStore>();
        var setup = (await mailboxes.FindAsync(Id, CancellationToken.None))!;
        var saved = await mailboxes.SaveAsync(Id, setup.Version, "test", new SaveMailbox(setup.Address, setup.Name, change(setup.Settings), secret, null, isEnabled), CancellationToken.None);
        Assert.Equal(WriteOutcome.Done, saved.Outcome);
    }

    public Task<long> MessagesAsync() => Store.AskAsync<long>($"select count(*) from message where mailbox_id = {Id}");

    public async Task<MailboxReading> ReadingAsync() => (await Store.Get<ReadingStore>().OneAsync(Id, CancellationToken.None))!;

    public async Task<ComponentHealth> HealthAsync() => IntakeHealth.Of((await Store.Get<ReadingStore>().AllAsync(CancellationToken.None)).Single(r => r.MailboxId == Id));

    public Task UntilAsync(Func<Task<bool>> isTrue, string what, int seconds = 60) => Wait.UntilAsync(isTrue, what, seconds, async () => $"{await ReadingAsync()} {string.Join("; ", (await ReadingAsync()).Folders)} {await MessagesAsync()} messages");

    public Task UntilStoredAsync(long messages) => UntilAsync(async () => await MessagesAsync() >= messages, $"{messages} messages are stored");

    public Task UntilStateAsync(LoopState state) => UntilAsync(async () => (await ReadingAsync()).State == state, $"the loop is {state}");

    /// <summary>Asks for a comparison and waits for what it finds.</summary>
    public async Task<ReconciliationView> ReconcileAsync()
    {
        var store = Store.Get<ReconciliationStore>();
        var asked = await store.RequestAsync(Id, "Olga", CancellationToken.None);
        await UntilAsync(async () => (await store.FindAsync(asked.Id, CancellationToken.None))!.FinishedAt is not null, "the comparison is done");
        return (await store.FindAsync(asked.Id, CancellationToken.None))!;
    }

    /// <summary>Every mail of the server has one line, every message one, and nobody has two.</summary>
    public async Task AssertEachOnceAsync(int messages)
    {
        Assert.Equal(messages, await MessagesAsync());
        Assert.Equal(messages, await Store.AskAsync<long>($"select count(*) from server_message s join mailbox_folder f on f.id = s.folder_id and f.uid_validity = s.uid_validity where f.mailbox_id = {Id}"));
        Assert.Equal(0, await Store.AskAsync<long>($"select count(*) from intake_entry where mailbox_id = {Id} and outcome <> 'Stored'"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.ToArray()) await StopAsync(worker);
        await Store.DisposeAsync();
    }
}
