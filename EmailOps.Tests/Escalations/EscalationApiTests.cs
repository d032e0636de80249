using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Escalations;

/// <summary>The Api about escalations, and the hooks that Slack and PagerDuty call, on the store whose stages the test runs.</summary>
[Collection(EscalationInstallation.Name)]
public sealed class EscalationApiTests(EscalationInstallation running) : IAsyncLifetime
{
    private const string Signing = "8f742231b10e8888abcd99yyyzzz85a5";
    private static CancellationToken None => CancellationToken.None;
    private EscalationsUnderTest Under => running.Under;
    private ApiCaller Caller => running.Caller;

    public Task InitializeAsync() => Under.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task It_is_listed_claimed_released_and_settled_and_who_comes_late_is_told_by_whom()
    {
        var calm = await Under.OpenedAsync(priority: 2);
        var e = await Under.OpenedAsync();
        await Under.PassAsync(e.Id, TimeSpan.FromMinutes(6));
        var page = await Caller.GetAsync<EscalationPage>(EscalationRoutes.All);
        Assert.Equal([e.Id, calm.Id], page.Items.Select(i => i.Id));
        Assert.Equal((true, 2L, 1L), (page.Items[0].IsOverdue, page.Counts.Open, page.Counts.Overdue));
        Assert.Equal([e.Id], (await Caller.GetAsync<EscalationPage>($"{EscalationRoutes.All}?overdue=true&severity=critical&mailbox={Under.Store.Mailbox}")).Items.Select(i => i.Id));
        foreach (var bad in (string[])["state=gone", "severity=2", "state=Open;drop", "mailbox=x", "take=y"])
            await ApiCaller.ProblemAsync(await Caller.Http.GetAsync($"{EscalationRoutes.All}?{bad}"), 400);

        var claimed = await Caller.SendAsync<EscalationView>(HttpMethod.Post, $"/escalations/{e.Id}/claim", null);
        Assert.Equal((EscalationState.Claimed, "Olga"), (claimed.State, claimed.ClaimedBy));
        var late = await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/escalations/{e.Id}/claim", null), 409);
        Assert.Contains("Olga has taken it on", late.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await Caller.SendAsync<EscalationView>(HttpMethod.Post, $"/escalations/{e.Id}/release", null);
        var resolved = await Caller.SendAsync<EscalationView>(HttpMethod.Post, $"/escalations/{e.Id}/resolve", new ResolveEscalation("Called back."));

        Assert.Equal((EscalationState.Resolved, "Called back."), (resolved.State, resolved.Resolution));
        var detail = await Caller.GetAsync<EscalationDetail>($"/escalations/{e.Id}");
        Assert.Equal(["escalation.resolve", "escalation.release", "escalation.claim", "escalation.open"], detail.History.Select(h => h.Action));
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/escalations/987654/claim", null), 404);
    }

    [Fact]
    public async Task A_person_opens_one_by_hand()
    {
        var message = await Under.EscalatedMailAsync();
        await Under.Store.ExecuteAsync("delete from work_item");

        var made = await Caller.SendAsync<EscalationView>(HttpMethod.Post, EscalationRoutes.All, new OpenEscalation(message, "She rang twice.", EscalationSeverity.High));

        Assert.Equal((EscalationSeverity.High, "Olga"), (made.Severity, made.OpenedBy));
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, EscalationRoutes.All, new OpenEscalation(987_654)), 404);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, EscalationRoutes.All, new OpenEscalation(message, new string('x', 5_000))), 400);
    }

    [Fact]
    public async Task Service_levels_are_kept_with_their_version_for_all_and_for_one()
    {
        var all = await Caller.GetAsync<ServiceLevelView>(EscalationRoutes.ServiceLevels);
        Assert.Equal((false, 0), (all.IsOwn, all.Version));
        var saved = await Caller.SendAsync<ServiceLevelView>(HttpMethod.Put, EscalationRoutes.ServiceLevels, all.Plan with { TimeZone = "Europe/Berlin", OnCall = [new(1, "Ada", "ada@team.example", "+49 30 1")] }, 0);
        Assert.Equal((true, 1, "Europe/Berlin", "Ada"), (saved.IsOwn, saved.Version, saved.Plan.TimeZone, saved.Plan.OnCall[0].Name));

        Assert.Equal("Europe/Berlin", (await Caller.GetAsync<ServiceLevelView>($"{EscalationRoutes.ServiceLevels}?mailbox={Under.Store.Mailbox}")).Plan.TimeZone);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, EscalationRoutes.ServiceLevels, saved.Plan, 0), 412);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, EscalationRoutes.ServiceLevels, saved.Plan), 428);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, EscalationRoutes.ServiceLevels, saved.Plan with { TimeZone = "x" }, 1), 400);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"{EscalationRoutes.ServiceLevels}?mailbox=987654", saved.Plan, 0), 404);
        // What is left out has its default.
        using var plain = new HttpRequestMessage(HttpMethod.Put, $"{EscalationRoutes.ServiceLevels}?mailbox={Under.Store.Mailbox}") { Content = new StringContent("""{"timeZone":"Asia/Tokyo"}""", Encoding.UTF8, "application/json") };
        plain.Headers.IfMatch.ParseAdd("\"0\"");
        Assert.Equal(("Asia/Tokyo", 4, 5), await ApiCaller.ReadAsync<ServiceLevelView>(await Caller.Http.SendAsync(plain)) is var own ? (own.Plan.TimeZone, own.Plan.Targets.Count, own.Plan.Hours.Count) : default);
    }

    [Fact]
    public async Task Channels_are_made_tested_changed_and_removed_and_never_show_their_secret()
    {
        var save = new SaveChannel(ChannelKind.Webhook, "Ops", new ChannelSettings { Address = Under.Receiver.Address.ToString() }, Secret: "whsec_hidden");
        var made = await Caller.SendAsync<ChannelView>(HttpMethod.Post, ChannelRoutes.All, save);
        Assert.Equal((true, 1), (made.HasSecret, made.Version));
        Assert.DoesNotContain("hidden", await Caller.Http.GetStringAsync(ChannelRoutes.All), StringComparison.Ordinal);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, ChannelRoutes.All, save), 400);

        var test = await Caller.SendAsync<ChannelTest>(HttpMethod.Post, $"/channels/{made.Id}/test", null);
        Assert.True(test.Ok);
        Assert.Single(await Caller.SendAsync<ChannelTest[]>(HttpMethod.Post, "/channels/test/webhook", null));
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/channels/test/slack", null), 404);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/channels/test/fax", null), 400);

        Assert.False((await Caller.SendAsync<ChannelView>(HttpMethod.Put, $"/channels/{made.Id}", save with { IsEnabled = false, Secret = null }, 1)).IsEnabled);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Delete, $"/channels/{made.Id}", null, 1), 412);
        using var gone = await Caller.SendAsync(HttpMethod.Delete, $"/channels/{made.Id}", null, 2);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Empty(await Caller.GetAsync<NotificationView[]>(ChannelRoutes.Notifications));
    }

    [Fact]
    public async Task A_link_from_a_chat_shows_what_it_would_do_and_does_it_once_under_a_name()
    {
        var e = await Under.OpenedAsync();
        var key = await Under.Store.Get<EscalationKey>().TokenAsync(None);
        var now = TimeProvider.System.GetUtcNow();
        var token = key.Make(e.Id, LinkPurpose.Claim, now.AddHours(1));

        var shown = await Caller.GetAsync<EscalationLinkView>($"{EscalationRoutes.Link}?token={token}");
        Assert.Equal(("claim", e.Id, true), (shown.Purpose, shown.EscalationId, shown.CanAct));
        Assert.Equal(EscalationState.Open, (await Under.ViewAsync(e.Id)).State);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, EscalationRoutes.ActByLink, new ActByLink(token, " ")), 400);
        var acted = await Caller.SendAsync<EscalationLinkView>(HttpMethod.Post, EscalationRoutes.ActByLink, new ActByLink(token, "Ben"));
        Assert.Equal((EscalationState.Claimed, "Ben (by link)", false), (acted.State, acted.ClaimedBy, acted.CanAct));
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, EscalationRoutes.ActByLink, new ActByLink(token, "Cleo")), 409);

        foreach (var bad in (string[])["", "x", token[..^1], token.Replace('c', 'r'), key.Make(e.Id, LinkPurpose.Resolve, now.AddSeconds(-1)), new LinkToken("other"u8.ToArray()).Make(e.Id, LinkPurpose.Resolve, now.AddHours(1)), new string('c', 500)])
            await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, EscalationRoutes.ActByLink, new ActByLink(bad, "Eve")), 404);
        Assert.Equal(EscalationState.Claimed, (await Under.ViewAsync(e.Id)).State);
    }

    [Fact]
    public async Task A_button_in_Slack_claims_it_and_nobody_else_can_press_it()
    {
        Under.Receiver.Answer = Outgoing.StandInReceiver.Says(200, """{"ok":true,"channel":"C1","ts":"1.2"}""");
        var channel = await Under.ChannelAsync(ChannelKind.Slack, "xoxb-1", s => s with { Target = "C1" }, signing: Signing);
        var e = await Under.OpenedAsync();
        var payload = $$"""{"type":"block_actions","user":{"id":"U1","username":"ben","name":"ben"},"actions":[{"action_id":"emailops-claim","block_id":"b","type":"button","value":"{{e.Id}}"}],"response_url":"https://hooks.slack.com/actions/T/1/x"}""";
        var body = "payload=" + Uri.EscapeDataString(payload);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        foreach (var (at, secret, text) in ((long, string, string)[])[(now, "wrong", body), (now - 3_600, Signing, body), (now, Signing, body + "&x=1")])
            Assert.Equal(HttpStatusCode.Unauthorized, await SlackAsync(channel, at, secret, body, text));
        Assert.Equal(HttpStatusCode.Unauthorized, await SlackAsync(channel + 1_000, now, Signing, body, body));
        Assert.Equal(EscalationState.Open, (await Under.ViewAsync(e.Id)).State);

        Assert.Equal(HttpStatusCode.OK, await SlackAsync(channel, now, Signing, body, body));
        Assert.Equal(HttpStatusCode.OK, await SlackAsync(channel, now, Signing, body, body));
        Assert.Equal((EscalationState.Claimed, "ben (Slack)"), (await Under.ViewAsync(e.Id)) is var v ? (v.State, v.ClaimedBy) : default);
        Assert.Single((await Caller.GetAsync<EscalationDetail>($"/escalations/{e.Id}")).History, h => h.Action == "escalation.claim");
        foreach (var odd in (string[])["payload=", "payload=%7B%22actions%22%3A%5B%5D%7D", "payload=%7B%22actions%22%3A%5B1%5D%7D", "payload=[", "x=1", ""])
            Assert.True(await SlackAsync(channel, now, Signing, odd, odd) is HttpStatusCode.OK or HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Acknowledging_in_PagerDuty_claims_it_and_resolving_settles_it()
    {
        Under.Receiver.Answer = Outgoing.StandInReceiver.Says(202, """{"status":"success"}""");
        var channel = await Under.ChannelAsync(ChannelKind.PagerDuty, "R0UT1NGKEY", signing: Signing);
        var e = await Under.OpenedAsync();
        var key = (await Under.Store.Get<EscalationKey>().TokenAsync(None)).Installation;

        const string template = """{"event":{"id":"01","event_type":"TYPE","resource_type":"incident","occurred_at":"2026-11-21T12:00:00.000Z","agent":{"id":"PLH1HKV","summary":"Cleo","type":"user_reference"},"data":{"id":"PGR0VU2","type":"incident","status":"acknowledged","incident_key":"KEY"}}}""";
        static string Event(string type, string incident) => template.Replace("TYPE", type, StringComparison.Ordinal).Replace("KEY", incident, StringComparison.Ordinal);
        var ack = Event("incident.acknowledged", $"emailops-{key}-escalation-{e.Id}");
        Assert.Equal(HttpStatusCode.Unauthorized, await PagerDutyAsync(channel, "wrong", ack));
        Assert.Equal(HttpStatusCode.OK, await PagerDutyAsync(channel, Signing, Event("incident.acknowledged", $"emailops-00000000-escalation-{e.Id}")));
        Assert.Equal(HttpStatusCode.OK, await PagerDutyAsync(channel, Signing, """{"event":{"event_type":"pagey.ping","data":{"message":"Hello"}}}"""));
        Assert.Equal(EscalationState.Open, (await Under.ViewAsync(e.Id)).State);

        Assert.Equal(HttpStatusCode.OK, await PagerDutyAsync(channel, Signing, ack));
        Assert.Equal("Cleo (PagerDuty)", (await Under.ViewAsync(e.Id)).ClaimedBy);
        Assert.Equal(HttpStatusCode.OK, await PagerDutyAsync(channel, Signing, Event("incident.resolved", $"emailops-{key}-escalation-{e.Id}")));
        Assert.Equal("Cleo (PagerDuty)", (await Under.ViewAsync(e.Id)).ResolvedBy);
    }

    private async Task<HttpStatusCode> SlackAsync(long channel, long at, string secret, string signed, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hooks/slack/{channel}") { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        request.Headers.Add("X-Slack-Request-Timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Slack-Signature", "v0=" + Hex(secret, $"v0:{at}:{signed}"));
        return (await running.Stranger.Http.SendAsync(request)).StatusCode;
    }

    private async Task<HttpStatusCode> PagerDutyAsync(long channel, string secret, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hooks/pagerduty/{channel}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-PagerDuty-Signature", $"v1={new string('0', 64)},v1={Hex(secret, body)}");
        return (await running.Stranger.Http.SendAsync(request)).StatusCode;
    }

    private static string Hex(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
}
