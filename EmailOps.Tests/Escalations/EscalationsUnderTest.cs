using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Work;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Outgoing;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker.Stages;

namespace EmailOps.Tests.Escalations;

/// <summary>A store with messages that policy escalates, and a server of somebody else that is told; the stages run when the test says so.</summary>
public sealed class EscalationsUnderTest : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private int _mails;

    internal TestStore Store { get; private set; } = null!;
    internal StandInReceiver Receiver { get; private set; } = null!;
    internal static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Receiver = await StandInReceiver.StartAsync();
        Store = await TestStore.CreateAsync(_postgres, ("Outgoing:Allow", "127.0.0.1"), ("WEB_PUBLIC_URL", "https://mail.shop.example"));
    }

    public async Task DisposeAsync()
    {
        await Receiver.DisposeAsync();
        await Store.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>Nothing of an earlier test is left.</summary>
    internal async Task BeginAsync()
    {
        await Store.ExecuteAsync("delete from channel; delete from escalation; delete from work_item; delete from service_level");
        Receiver.Calls.Clear();
        Receiver.Answer = StandInReceiver.Says(200);
    }

    internal async Task<long> ChannelAsync(ChannelKind kind = ChannelKind.Webhook, string? secret = null, Func<ChannelSettings, ChannelSettings>? change = null, string? signing = null, string? name = null)
    {
        foreach (var used in (string?[])[secret, signing])
            if (used is not null) RunLogs.Secret(used);
        var settings = new ChannelSettings { Address = kind == ChannelKind.Teams ? null : Receiver.Address.ToString().TrimEnd('/') };
        var made = await Store.Get<ChannelStore>().CreateAsync(new SaveChannel(kind, name ?? $"{kind} {Guid.NewGuid():N}", change?.Invoke(settings) ?? settings, Secret: secret, SigningSecret: signing), "Olga", None);
        Assert.True(made.Outcome == WriteOutcome.Done, made.Problem);
        return made.Id;
    }

    /// <summary>Stores a mail that policy escalates, as the policy stage would leave it.</summary>
    internal async Task<long> EscalatedMailAsync(int priority = 9, string subject = "Help", string? answers = null, string received = "now()")
    {
        var number = Interlocked.Increment(ref _mails);
        var raw = $"From: Ada <ada{(answers is null ? number : 0)}@customer.example>\r\nTo: {TestStore.Address}\r\nSubject: {subject} {number}\r\nMessage-ID: <help-{number}@customer.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nPlease help me with {number}.\r\n";
        var stored = await Store.StoreAsync(raw);
        var id = stored[0].MessageId!.Value;
        if (answers is not null) await Store.ExecuteAsync($"update message set thread_id = {answers} where id = {id}");
        await Store.ExecuteAsync($"""
            update message set received_at = {received} where id = {id};
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
            values ({id}, {Store.Mailbox}, now(), 'refund', 0.9, {priority}, 'en', 'Ada wants help.', 30, 0, false, false, '[]', 'm', now());
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at) values ({id}, {Store.Mailbox}, now(), 'Escalate', '["Confidence 30 is below the review band of 40."]', 'p', now());
            delete from work_item where stage in (1, 2)
            """);
        await Store.EnqueueAsync(new NewWork(Stage.Escalation, id, Store.Mailbox));
        return id;
    }

    internal async Task<EscalationView> OpenedAsync(int priority = 9, string subject = "Help")
    {
        var message = await EscalatedMailAsync(priority, subject);
        await RunAsync();
        return await OfMessageAsync(message);
    }

    internal async Task<EscalationView> OfMessageAsync(long message) => Assert.Single((await Store.Get<EscalationViews>().ListAsync(new EscalationFilter(Message: message), None)).Items);

    internal async Task<EscalationView> ViewAsync(long id) => (await Store.Get<EscalationViews>().FindAsync(id, None))!;

    internal async Task<NotificationView[]> ToldAsync(long escalation) => [.. (await Store.Get<EscalationViews>().DetailAsync(escalation, None))!.Notifications];

    /// <summary>Runs both stages until nothing is ready.</summary>
    /// <param name="waiting">What waits for its time is ready too.</param>
    internal async Task RunAsync(bool waiting = false)
    {
        var queue = Store.Get<WorkQueue>();
        IStage[] stages = [new EscalationStage(Store.Get<EscalationStore>()), new NotifyStage(Store.Get<NotificationStore>(), Store.Get<ChannelDesk>())];
        for (var round = 0; round < 20; round++)
        {
            var done = 0;
            if (waiting && round < 4) await Store.ExecuteAsync("update work_item set available_at = enqueued_at where lease is null");
            foreach (var stage in stages)
            {
                if (await queue.ClaimAsync(stage.Stage, None) is not { Count: > 0 } items) continue;
                Assert.Empty(await stage.RunAsync(items, None));
                done += items.Count;
            }
            if (done == 0) return;
        }
    }

    /// <summary>So much time passes, for one escalation.</summary>
    internal Task PassAsync(long id, TimeSpan time) => Store.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
        update escalation set opened_at = opened_at - interval '{time.TotalSeconds} s', respond_by = respond_by - interval '{time.TotalSeconds} s', resolve_by = resolve_by - interval '{time.TotalSeconds} s', next_at = next_at - interval '{time.TotalSeconds} s' where id = {id}
        """));
}
