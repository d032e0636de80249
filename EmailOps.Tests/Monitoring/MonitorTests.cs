using System.Text.Json.Nodes;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Outgoing;
using EmailOps.Tests.Outgoing;
using EmailOps.Tests.ServiceDefaults;
using EmailOps.Tests.Store;
using EmailOps.Worker.Monitor;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Tests.Monitoring;

/// <summary>The built-in monitor on a real installation with two workers, with somebody who is told.</summary>
public sealed class MonitorTests(MonitoredInstallation installation) : IClassFixture<MonitoredInstallation>
{
    [Fact]
    public async Task An_alert_goes_its_way_once_through_two_workers_their_restart_people_a_silence_and_the_cooldown()
    {
        // It fires, and the webhook is told by one of the two, in the words of the replaced systems.
        await installation.BlockAsync();
        var fired = await installation.UntilFiringAsync();
        await Wait.UntilAsync(() => Task.FromResult(installation.Told().Count > 0), "the webhook is told");
        var told = installation.Told()[0];
        Assert.Equal(("CRITICAL", "Processing Queue", "Queue size is high: 3.", "3", "firing", "https://mail.example.com/runbook/queue-growing"),
            ($"{told["severity"]}", $"{told["component"]}", $"{told["message"]}", $"{told["details"]!["value"]}", $"{told["state"]}", $"{told["runbook_url"]}"));
        Assert.Contains(installation.Receiver.Calls, c => c.Headers.GetValueOrDefault("webhook-id") == $"alert-{fired.Id}-firing" && c.Headers.ContainsKey("webhook-signature"));

        // A restart of everybody tells nothing anew: the row is the memory.
        await installation.StopWorkersAsync();
        await installation.StartWorkerAsync();
        await installation.StartWorkerAsync();
        var looked = (await installation.Caller.GetAsync<AlertsView>(AlertRoutes.All)).Monitor;
        await Wait.UntilAsync(async () => (await installation.Caller.GetAsync<AlertsView>(AlertRoutes.All)).Monitor > looked, "the monitor looks again");
        Assert.Equal(fired.Id, (await installation.FiringAsync())!.Id);

        // Somebody looks at it, and the audit knows who.
        var seen = await installation.Caller.SendAsync<AlertView>(HttpMethod.Post, $"/alerts/{fired.Id}/acknowledge", new AcknowledgeAlert("On it"));
        Assert.Equal("On it", seen.Note);
        Assert.Equal(1, await installation.Store.AskAsync<long>($"select count(*) from audit_entry where action = 'alert.acknowledge' and subject_id = {fired.Id} and detail like '%On it%'"));

        // It is over, and that is told as well.
        await installation.UnblockAsync();
        await installation.UntilOverAsync();
        await Wait.UntilAsync(() => Task.FromResult(installation.Told().Count > 1), "the webhook is told that it is over");
        Assert.Equal(["firing", "resolved"], installation.Told().Select(t => $"{t["state"]}"));
        var history = await installation.Caller.GetAsync<AlertsView>($"{AlertRoutes.All}?state=history&name=EmailQueueBacklog");
        Assert.Equal((fired.Id, AlertState.Resolved), (history.Alerts.Single().Id, history.Alerts.Single().State));

        // Again within the cooldown: it stands in the list, and nobody is told; what was not told is not told to be over either.
        await installation.BlockAsync();
        var again = await installation.UntilFiringAsync();
        Assert.NotEqual(fired.Id, again.Id);
        await installation.UnblockAsync();
        await installation.UntilOverAsync();
        Assert.Equal(2, installation.Told().Count);

        // The cooldown is over, but it is silenced.
        await installation.Store.ExecuteAsync("update alert set told_at = told_at - interval '1 hour'");
        var silence = await installation.Caller.SendAsync<AlertSilenceView>(HttpMethod.Post, AlertRoutes.Silences, new SilenceAlert("EmailQueueBacklog", null, 60, "Known"));
        await installation.BlockAsync();
        Assert.True((await installation.UntilFiringAsync()).IsSilenced);
        Assert.Equal(2, installation.Told().Count);
        await installation.Caller.SendAsync(HttpMethod.Post, $"/alerts/silences/{silence.Id}/end", null);
        await Wait.UntilAsync(() => Task.FromResult(installation.Told().Count == 3), "it is told when the silence ends");
        Assert.Empty(await installation.Caller.GetAsync<List<AlertSilenceView>>(AlertRoutes.Silences));
        await installation.UnblockAsync();
        await installation.UntilOverAsync();
    }

    [Fact]
    public async Task A_receiver_that_fails_is_asked_again_with_the_same_id()
    {
        var failing = 2;
        installation.Receiver.Answer = (call, context) =>
        {
            if (JsonNode.Parse(call.Text)!["name"]!.ToString() == "DeadLetters" && Interlocked.Decrement(ref failing) >= 0) context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await installation.Store.ExecuteAsync("insert into work_item (stage, subject_id, mailbox_id, priority, enqueued_at, available_at, attempts, died_at, last_error) select 0, 0, 1, 5, now(), now(), 5, now(), 'test'");
        await Wait.UntilAsync(() => Task.FromResult(installation.Told("DeadLetters").Count > 0), "it is told a first time");
        Assert.NotNull((await installation.UntilFiringAsync("DeadLetters")).RunbookPage);
        while (installation.Told("DeadLetters").Count < 3)
        {
            await installation.Store.ExecuteAsync("update alert set tell_at = now() where name = 'DeadLetters' and tell_attempts > 0");
            await Task.Delay(20);
        }

        await Wait.UntilAsync(async () => (await installation.FiringAsync("DeadLetters"))?.ToldAt is not null, "it is known to be told");
        Assert.Single(installation.Receiver.Calls.Where(c => JsonNode.Parse(c.Text)!["name"]!.ToString() == "DeadLetters").Select(c => c.Headers["webhook-id"]).Distinct());
        await installation.Store.ExecuteAsync("delete from work_item where died_at is not null");
    }

    [Fact]
    public async Task When_the_store_is_away_the_webhook_is_told_without_it_once_and_when_it_is_back()
    {
        await using var receiver = await StandInReceiver.StartAsync();
        var options = new AlertsOptions { WebhookUrl = $"{receiver.Address}alerts" };
        var time = new MovingTime();
        using var http = new OutgoingHttp(new OutgoingOptions { Allow = "127.0.0.1" }, TimeProvider.System, NullLogger<OutgoingHttp>.Instance);
        var outage = new StoreOutage(new AlertTeller(installation.Store.Get<AlertPost>(), http, options, new ConfigurationManager(), time, NullLogger<AlertTeller>.Instance), options, time, NullLogger<StoreOutage>.Instance);

        await outage.AwayAsync("refused", CancellationToken.None);
        Assert.Empty(receiver.Calls);
        for (var i = 0; i < 5; i++)
        {
            time.Pass(TimeSpan.FromSeconds(61));
            await outage.AwayAsync("refused", CancellationToken.None);
        }
        await outage.BackAsync(CancellationToken.None);
        await outage.BackAsync(CancellationToken.None);

        Assert.Equal(["firing DatabaseDown", "resolved DatabaseDown"], receiver.Calls.Select(c => JsonNode.Parse(c.Text)!).Select(j => $"{j["state"]} {j["name"]}"));
    }

    [Fact]
    public async Task Processes_say_how_they_are_and_one_that_went_without_a_word_is_missed()
    {
        await Wait.UntilAsync(async () => (await installation.Store.Get<VitalStore>().AllAsync(CancellationToken.None)).Select(v => v.Role).Distinct().Count() > 1, "Api and worker say how they are");
        var vitals = await installation.Store.Get<VitalStore>().AllAsync(CancellationToken.None);
        Assert.All(vitals, v => Assert.True(v is { IsAlive: true, Sample.Memory: > 10_000_000, Sample.MemoryLimit: > 0, Sample.Disks.Count: > 0 }));
        var rules = await installation.Caller.GetAsync<List<AlertRuleView>>(AlertRoutes.Rules);
        Assert.Equal(AlertCatalog.All.Select(r => r.Name), rules.Select(r => r.Name));

        await installation.Store.ExecuteAsync("insert into process_vital (id, role, host, process_id, alive_until, sample) values (gen_random_uuid(), 'gone', 'elsewhere', 1, now() - interval '1 minute', '{}')");
        await Wait.UntilAsync(async () => (await installation.Caller.GetAsync<AlertsView>($"{AlertRoutes.All}?state=pending&name=ServiceDown")).Alerts is [{ Subject: "gone" }], "its absence is noticed");
        await installation.Store.ExecuteAsync("delete from process_vital where role = 'gone'");
        await Wait.UntilAsync(async () => (await installation.Caller.GetAsync<AlertsView>($"{AlertRoutes.All}?state=pending&name=ServiceDown")).Alerts.Count == 0, "and forgotten");
    }

    [Fact]
    public async Task What_the_security_monitor_finds_is_an_alert_at_once()
    {
        // Where this installation is asked for the first time: findings are looked for once a minute.
        await installation.StopWorkersAsync();
        await installation.Store.ExecuteAsync("insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) select now(), 'somebody', 'sign-in.failed', 'user', 0, 'from 192.0.2.1' from generate_series(1, 11)");
        await installation.StartWorkerAsync();
        await installation.StartWorkerAsync();

        var alert = await installation.UntilFiringAsync(SecurityAlerts.Name);

        Assert.Equal((AlertSeverity.Warning, "Security", "ManyFailedSignIns", "11", "security-finding"), (alert.Severity, alert.Component, alert.Subject, alert.Details["failed"], alert.RunbookPage));
        await Wait.UntilAsync(() => Task.FromResult(installation.Told(SecurityAlerts.Name).Count > 0), "the webhook is told");
    }

    [Theory]
    [InlineData("GET", "/alerts?state=nonsense", null, 400)]
    [InlineData("GET", "/alerts?take=0", null, 400)]
    [InlineData("GET", "/alerts/999999999", null, 404)]
    [InlineData("POST", "/alerts/999999999/acknowledge", "{}", 404)]
    [InlineData("POST", "/alerts/silences", "{\"name\":\"X\",\"minutes\":0}", 400)]
    [InlineData("POST", "/alerts/silences", "{\"name\":\"\",\"minutes\":5}", 400)]
    [InlineData("POST", "/alerts/silences/999999999/end", null, 404)]
    public async Task What_cannot_be_done_is_explained(string method, string path, string? body, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await installation.Caller.Http.SendAsync(request);
        await Hosts.ApiCaller.ProblemAsync(answer, status);
    }
}
