using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Gmail;

/// <summary>A Gmail mailbox, signed in, in a database of its own, with the stand-in behind it and real workers.</summary>
internal sealed class GmailInstallation : IAsyncDisposable
{
    private readonly List<WebApplication> _workers = [];

    private GmailInstallation(StandInGmail gmail, TestStore store, long id) => (Gmail, Store, Id) = (gmail, store, id);

    public StandInGmail Gmail { get; }
    public TestStore Store { get; }
    public long Id { get; }

    public static async Task<GmailInstallation> CreateAsync(PostgresFixture postgres, MailboxSettings? settings = null, string? secret = null, bool signIn = true, MailboxProvider provider = MailboxProvider.Gmail)
    {
        var gmail = await StandInGmail.StartAsync();
        var store = await TestStore.CreateAsync(postgres, gmail.Settings);
        var before = (await store.Get<MailboxStore>().FindAsync(store.Mailbox, CancellationToken.None))!;
        var saved = await store.Get<MailboxStore>().SaveAsync(store.Mailbox, before.Version, "test", new SaveMailbox(TestStore.Address, "", (settings ?? new MailboxSettings { PollSeconds = 5 }) with { Provider = provider }, secret), CancellationToken.None);
        Assert.Equal(WriteOutcome.Done, saved.Outcome);
        var made = new GmailInstallation(gmail, store, store.Mailbox);
        if (signIn) await made.GrantAsync();
        return made;
    }

    /// <summary>As if somebody had consented.</summary>
    public Task GrantAsync() => Store.Get<GrantStore>().SaveAsync(Id, MailboxProvider.Gmail, TestStore.Address, "https://www.googleapis.com/auth/gmail.modify", new TokenAnswer("unused", TimeSpan.FromHours(1), Gmail.Google.RefreshToken, null, null), "test", CancellationToken.None);

    public async Task<WebApplication> WorkAsync(params string[] settings)
    {
        var worker = await TestHosts.WorkerAsync(Store.ConnectionString, ["--Intake:Lease=00:00:02", "--Intake:MaxBackoff=00:00:01", "--LanguageModels:Enabled=false", .. Gmail.Arguments, .. settings]);
        _workers.Add(worker);
        return worker;
    }

    public async Task StopAsync(WebApplication worker)
    {
        _workers.Remove(worker);
        await worker.StopAsync();
        await worker.DisposeAsync();
    }

    public Task<long> MessagesAsync() => Store.AskAsync<long>($"select count(*) from message where mailbox_id = {Id}");

    public async Task<MailboxReading> ReadingAsync() => (await Store.Get<ReadingStore>().OneAsync(Id, CancellationToken.None))!;

    public async Task<ComponentHealth> HealthAsync() => IntakeHealth.Of((await Store.Get<ReadingStore>().AllAsync(CancellationToken.None)).Single(r => r.MailboxId == Id));

    public Task UntilAsync(Func<Task<bool>> isTrue, string what, int seconds = 60) => Wait.UntilAsync(isTrue, what, seconds, async () => $"{await ReadingAsync()} {string.Join("; ", (await ReadingAsync()).Folders)} {await MessagesAsync()} messages; {string.Join('\n', Gmail.Requests.TakeLast(12))}");

    public Task UntilStoredAsync(long messages) => UntilAsync(async () => await MessagesAsync() >= messages, $"{messages} messages are stored");

    public Task UntilStateAsync(LoopState state) => UntilAsync(async () => (await ReadingAsync()).State == state, $"the loop is {state}");

    /// <summary>Has the loop look now.</summary>
    public async Task WakeAsync()
    {
        await using var connection = await Store.Source.OpenConnectionAsync();
        await LoopStore.WakeAsync(connection, Id, CancellationToken.None);
    }

    public async Task<ReconciliationView> ReconcileAsync()
    {
        var store = Store.Get<ReconciliationStore>();
        var asked = await store.RequestAsync(Id, "Olga", CancellationToken.None);
        await UntilAsync(async () => (await store.FindAsync(asked.Id, CancellationToken.None))!.FinishedAt is not null, "the comparison is done");
        return (await store.FindAsync(asked.Id, CancellationToken.None))!;
    }

    /// <summary>Every mail of the mailbox has one line, every message one, and nobody has two.</summary>
    public async Task AssertEachOnceAsync(int messages)
    {
        Assert.Equal(messages, await MessagesAsync());
        Assert.Equal(messages, await Store.AskAsync<long>($"select count(distinct s.server_id) from server_message s join mailbox_folder f on f.id = s.folder_id where f.mailbox_id = {Id} and f.provider = 'Gmail'"));
        Assert.Equal(0, await Store.AskAsync<long>($"select count(*) from intake_entry where mailbox_id = {Id} and outcome <> 'Stored'"));
    }

    public static string Numbered(int number) => MailText.Of(id: $"{number}@customer.example", subject: $"Question {number}", body: $"Where is parcel {number}?");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.ToArray()) await StopAsync(worker);
        await Store.DisposeAsync();
        await Gmail.DisposeAsync();
    }
}
