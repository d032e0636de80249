using System.Text;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Delivery;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker.Delivery;
using EmailOps.Worker.Stages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Tests.Delivery;

/// <summary>A mailbox with a real submission server and a real Sent folder, and the stages that send, run by hand: nothing happens that a test did not ask for.</summary>
internal sealed class OutboxUnderTest : IAsyncDisposable
{
    private int _mails;

    private OutboxUnderTest(TestStore store, MailServerPair servers, MailUser user) => (Store, Servers, User) = (store, servers, user);

    public TestStore Store { get; }
    public MailServerPair Servers { get; }
    public MailUser User { get; }
    public long Mailbox { get; private set; }
    public MailboxSettings Settings { get; private set; } = null!;
    /// <summary>How long ago the first mail says it was written; the next a second later each.</summary>
    public TimeSpan Behind { get; set; } = TimeSpan.FromMinutes(1);
    public IReadOnlyList<SubmittedMail> Received => Servers.Sink.ReceivedFrom(User);

    public static async Task<OutboxUnderTest> CreateAsync(PostgresFixture postgres, MailServerPair servers, Func<MailboxSettings, MailboxSettings>? change = null, params (string Key, string Value)[] settings)
    {
        var outbox = new OutboxUnderTest(await TestStore.CreateAsync(postgres, [("Delivery:Lease", "00:00:01"), ("Delivery:FirstPause", "00:00:01"), .. settings]), servers, await servers.AddUserAsync());
        outbox.Settings = new MailboxSettings
        {
            Imap = new MailServerSettings(MailServerPair.Host, servers.ImapPort, MailSecurity.None), Smtp = new MailServerSettings(MailServerPair.Host, servers.PlainPort, MailSecurity.None), HoldSeconds = 0,
        };
        outbox.Settings = change?.Invoke(outbox.Settings) ?? outbox.Settings;
        var made = await outbox.Store.Get<MailboxStore>().CreateAsync("Olga", new SaveMailbox(outbox.User.Address, "Shop support", outbox.Settings, outbox.User.Password), CancellationToken.None);
        outbox.Mailbox = made.Id;
        return outbox;
    }

    public async Task PasswordAsync(string password)
    {
        var mailboxes = Store.Get<MailboxStore>();
        var version = (await mailboxes.FindAsync(Mailbox, CancellationToken.None))!.Version;
        Assert.Equal(WriteOutcome.Done, (await mailboxes.SaveAsync(Mailbox, version, "Olga", new SaveMailbox(User.Address, "Shop support", Settings, password), CancellationToken.None)).Outcome);
    }

    /// <summary>A customer's mail with a draft that policy (or a person) approved; delivery is queued.</summary>
    /// <returns>The message's id.</returns>
    public async Task<long> AnswerAsync(string from = "ada@customer.example", bool isAutomatic = true, string extra = "", string? references = null, string body = "Where is my parcel?")
    {
        var message = await StoreAsync(from, extra, references, body);
        // Decided here: a worker that runs already must not decide it, too.
        await Store.ExecuteAsync($"delete from work_item where subject_id = {message} and stage = {(short)Stage.Triage}");
        var draft = await Store.AskAsync<long>($"""
            insert into draft (message_id, body, language, citations, state, version, decided_by, decided_at, created_at)
            values ({message}, 'Dear Ada, it is <on> its way.', 'en', '[]', 'Approved', 2, '{(isAutomatic ? "policy" : "Olga")}', now(), now()) returning id
            """);
        await Store.ExecuteAsync($"insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at) select id, mailbox_id, received_at, '{(isAutomatic ? "SendReply" : "Suggest")}', '[\"Sure.\"]', 'test', now() from message where id = {message} on conflict (message_id) do nothing");
        await Store.EnqueueAsync(new NewWork(Stage.Delivery, draft, Mailbox));
        return message;
    }

    public async Task<long> StoreAsync(string from = "ada@customer.example", string extra = "", string? references = null, string body = "And one more thing.", string? to = null)
    {
        return await StoreAsync(MailText.Of(id: $"m{++_mails}.{Mailbox}@customer.example", from: from, to: to ?? User.Address, references: references, body: body, extra: extra, date: (TimeProvider.System.GetUtcNow().AddSeconds(_mails) - Behind).ToString("r").Replace("GMT", "+0000", StringComparison.Ordinal)));
    }

    /// <summary>A mail whose header fields and body are written out, after From, To, Subject, Date and Message-ID.</summary>
    public Task<long> StoreRawAsync(string from, string rest)
        => StoreAsync($"From: {from}\r\nTo: {User.Address}\r\nSubject: Undelivered Mail Returned to Sender\r\nDate: {TimeProvider.System.GetUtcNow():ddd, d MMM yyyy HH:mm:ss} +0000\r\nMessage-ID: <raw{++_mails}.{Mailbox}@mx.example>\r\n{rest}");

    private async Task<long> StoreAsync(string raw)
    {
        var bytes = Encoding.UTF8.GetBytes(raw);
        var stored = await Store.Get<IntakeStore>().StoreAsync(Mailbox, null, [Store.Get<MailReader>().Read(new OfferedMail("test.eml", bytes, bytes.Length))], CancellationToken.None);
        return stored[0].MessageId!.Value;
    }

    /// <summary>Runs stages, in order, until nothing is ready in any of them.</summary>
    public async Task RunAsync(params Stage[] stages)
    {
        if (stages.Length == 0) stages = [Stage.Delivery, Stage.Sending, Stage.SentCopy, Stage.Bounce];
        var queue = Store.Get<WorkQueue>();
        for (var busy = true; busy;)
        {
            busy = false;
            foreach (var stage in stages)
                while (await queue.ClaimAsync(stage, CancellationToken.None) is { Count: > 0 } items)
                {
                    busy = true;
                    await queue.FailAsync(await StageOf(stage).RunAsync(items, CancellationToken.None), CancellationToken.None);
                }
        }
    }

    public IStage StageOf(Stage stage)
    {
        var (life, options, access) = (new TestLife(), Store.Get<DeliveryOptions>(), Store.Get<MailboxAccess>());
        var wayOut = new WayOut(access, Store.Get<RemoteProviders>(), Store.Get<MailboxTokens>(), Store.Get<RemoteFolderStore>(), Store.Get<ProviderBreakers>(), Store.Get<RemoteOptions>(), TimeProvider.System);
        var owner = new SendingOwner(Store.Get<OutboxStore>(), options, life, TimeProvider.System, NullLogger<SendingOwner>.Instance);
        return stage switch
        {
            Stage.Delivery => new DeliveryStage(Store.Get<DeliveryStore>(), Store.Get<ReplyMarkKey>(), TimeProvider.System),
            Stage.Sending => new SendingStage(Store.Get<OutboxStore>(), new ResultKeeper(Store.Get<OutboxResults>(), TimeProvider.System, life, NullLogger<ResultKeeper>.Instance),
                new LookUp(Store.Get<OutboxResults>(), access, wayOut, options, life, TimeProvider.System, NullLogger<LookUp>.Instance), wayOut, owner, options, life, TimeProvider.System, NullLogger<SendingStage>.Instance),
            Stage.SentCopy => new SentCopyStage(Store.Get<OutboxCopies>(), access, TimeProvider.System, NullLogger<SentCopyStage>.Instance),
            _ => new BounceStage(Store.Get<OutboxBounces>()),
        };
    }

    /// <summary>Everything that waits for its time waits no longer.</summary>
    public Task DueAsync() => Store.ExecuteAsync("update work_item set available_at = now() where lease is null; update outbound_message set hold_until = now() - interval '1 second' where state = 'Held'; update outbound_message set owner_until = now() - interval '1 second' where owner_until is not null");

    public Task<string> StateAsync(long message) => Store.AskAsync<string>($"select state from outbound_message where message_id = {message}");

    public Task<string> DetailAsync(long message) => Store.AskAsync<string>($"select coalesce(detail, '') from outbound_message where message_id = {message}");

    public Task<long> RowAsync(long message) => Store.AskAsync<long>($"select id from outbound_message where message_id = {message}");

    public async Task<int> CopiesAsync(string folder = "Sent")
        => (await Servers.DoveadmAsync("search", "-u", User.Address, "mailbox", folder, "all")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>No row waits that nothing moves: what the sweep would mend is none.</summary>
    public async Task AssertNothingIsStuckAsync() => Assert.Empty(await Store.ColumnAsync<long>(OutboxSweep.Stuck));

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private sealed class TestLife : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;
        public void StopApplication() => throw new NotSupportedException();
    }
}
