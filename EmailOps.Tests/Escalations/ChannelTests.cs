using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Escalations;
using EmailOps.Tests.Outgoing;

namespace EmailOps.Tests.Escalations;

/// <summary>Each channel in its vendor's protocol, good and bad.</summary>
public sealed class ChannelTests(EscalationsUnderTest under) : IClassFixture<EscalationsUnderTest>, IAsyncLifetime
{
    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync() => under.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    private Task<ChannelTest?> TestAsync(long channel) => under.Store.Get<ChannelDesk>().TestAsync(channel, None);

    private static JsonElement Json(ReceivedCall call) => JsonDocument.Parse(call.Text).RootElement;

    [Fact]
    public async Task Slack_gets_a_message_with_buttons_and_answers_in_its_thread()
    {
        under.Receiver.Answer = StandInReceiver.Says(200, """{"ok":true,"channel":"C024BE91L","ts":"1401383885.000061"}""");
        await under.ChannelAsync(ChannelKind.Slack, "xoxb-1", s => s with { Target = "C024BE91L" }, signing: "slack-signing");

        var e = await under.OpenedAsync(subject: "<!channel> *Help*");
        await under.Store.Get<EscalationPeople>().ClaimAsync(e.Id, "Olga", None);
        await under.RunAsync();

        var calls = under.Receiver.Calls.ToArray();
        Assert.All(calls, c => Assert.Equal(("/chat.postMessage", "Bearer xoxb-1"), (c.Path, c.Headers["Authorization"])));
        var first = Json(calls[0]);
        Assert.Equal("C024BE91L", first.GetProperty("channel").GetString());
        Assert.False(first.TryGetProperty("thread_ts", out _));
        var actions = first.GetProperty("blocks").EnumerateArray().Single(b => b.GetProperty("type").GetString() == "actions").GetProperty("elements").EnumerateArray().Select(a => a.GetProperty("action_id").GetString());
        Assert.Equal(["emailops-claim", "emailops-resolve", "emailops-open"], actions);
        // A stranger's words are plain text everywhere: no mention of a whole channel, no formatting.
        Assert.DoesNotContain("mrkdwn", calls[0].Text, StringComparison.Ordinal);
        Assert.Equal("1401383885.000061", Json(calls[1]).GetProperty("thread_ts").GetString());
    }

    [Theory]
    [InlineData(200, """{"ok":false,"error":"channel_not_found"}""", NotificationState.Failed, "invite the app")]
    [InlineData(200, """{"ok":false,"error":"invalid_auth"}""", NotificationState.Failed, "xoxb-")]
    [InlineData(200, """{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"users:read"}""", NotificationState.Failed, "chat:write")]
    [InlineData(200, """{"ok":false,"error":"fatal_error"}""", NotificationState.Unknown, "fatal_error")]
    [InlineData(200, "<html>", NotificationState.Unknown, "cannot be read")]
    [InlineData(429, """{"ok":false,"error":"ratelimited"}""", NotificationState.Queued, "429")]
    [InlineData(503, "", NotificationState.Unknown, "503")]
    public async Task What_Slack_says_is_said_plainly(int status, string body, NotificationState state, string says)
    {
        under.Receiver.Answer = StandInReceiver.Says(status, body);
        await under.ChannelAsync(ChannelKind.Slack, "xoxb-1", s => s with { Target = "C1" });

        var e = await under.OpenedAsync();

        var told = Assert.Single(await under.ToldAsync(e.Id));
        Assert.Equal(state, told.State);
        Assert.Contains(says, told.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("xoxb-1", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_of_Slack_finds_the_first_thing_that_is_wrong()
    {
        var channel = await under.ChannelAsync(ChannelKind.Slack, "xoxb-1", s => s with { Target = "C1" });
        under.Receiver.Answer = (call, context) => StandInReceiver.Says(200, call.Path == "/auth.test" ? """{"ok":true,"team":"Shop","user":"emailops"}""" : """{"ok":false,"error":"not_in_channel"}""")(call, context);

        var bad = (await TestAsync(channel))!;
        under.Receiver.Answer = StandInReceiver.Says(200, """{"ok":true,"team":"Shop","user":"emailops","channel":"C1","ts":"1.1"}""");
        var good = (await TestAsync(channel))!;

        Assert.Equal((false, "Signed in as emailops in Shop."), (bad.Ok, bad.Steps[0].Detail));
        Assert.Contains("/invite", bad.Steps.First(s => !s.Ok).Detail, StringComparison.Ordinal);
        Assert.True(good.Ok);
        Assert.Contains($"/hooks/slack/{channel}", good.Steps[2].Detail, StringComparison.Ordinal);
        Assert.Null(await TestAsync(-1));
    }

    [Fact]
    public async Task An_incoming_webhook_of_Slack_has_links_instead_of_buttons()
    {
        under.Receiver.Answer = StandInReceiver.Says(404, "no_service");
        await under.ChannelAsync(ChannelKind.Slack, $"{under.Receiver.Address}services/T0/B0/secret", s => s with { Address = null });
        var e = await under.OpenedAsync();
        Assert.Contains("make a new one", Assert.Single(await under.ToldAsync(e.Id)).Detail, StringComparison.Ordinal);

        under.Receiver.Answer = StandInReceiver.Says(200, "ok");
        var next = await under.OpenedAsync();

        Assert.Equal(NotificationState.Sent, Assert.Single(await under.ToldAsync(next.Id)).State);
        var call = under.Receiver.Calls.Last();
        Assert.Equal("/services/T0/B0/secret", call.Path);
        Assert.Contains("https://mail.shop.example/e/c", call.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"emailops-claim\"", call.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagerDuty_has_one_alert_triggered_acknowledged_and_resolved()
    {
        under.Receiver.Answer = StandInReceiver.Says(202, """{"status":"success","message":"Event processed","dedup_key":"x"}""");
        await under.ChannelAsync(ChannelKind.PagerDuty, "R0UT1NGKEY");
        var e = await under.OpenedAsync();
        await under.Store.Get<EscalationPeople>().ClaimAsync(e.Id, "Olga", None);
        await under.RunAsync();
        await under.Store.Get<EscalationPeople>().ResolveAsync(e.Id, "Olga", null, None);
        await under.RunAsync();

        var events = under.Receiver.Calls.Select(Json).ToArray();
        Assert.Equal(["trigger", "acknowledge", "resolve"], events.Select(v => v.GetProperty("event_action").GetString()));
        Assert.All(events, v => Assert.Equal("R0UT1NGKEY", v.GetProperty("routing_key").GetString()));
        Assert.Single(events.Select(v => v.GetProperty("dedup_key").GetString()).Distinct());
        var payload = events[0].GetProperty("payload");
        Assert.Equal(("critical", "support@shop.example"), (payload.GetProperty("severity").GetString(), payload.GetProperty("source").GetString()));
        Assert.StartsWith("Critical escalation: Help", payload.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_PagerDuty_refuses_says_why_and_a_cut_connection_is_tried_again()
    {
        var channel = await under.ChannelAsync(ChannelKind.PagerDuty, "wrong");
        under.Receiver.Answer = StandInReceiver.Says(400, """{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is invalid or disabled"]}""");
        var e = await under.OpenedAsync();
        Assert.Contains("'routing_key' is invalid", Assert.Single(await under.ToldAsync(e.Id)).Detail, StringComparison.Ordinal);
        Assert.False((await TestAsync(channel))!.Ok);

        under.Receiver.Answer = (_, context) => { context.Abort(); return Task.CompletedTask; };
        var next = await under.OpenedAsync();
        Assert.Equal(NotificationState.Queued, Assert.Single(await under.ToldAsync(next.Id)).State);
        under.Receiver.Answer = StandInReceiver.Says(202, """{"status":"success"}""");
        await under.RunAsync(waiting: true);
        Assert.Equal((NotificationState.Sent, 2), Assert.Single(await under.ToldAsync(next.Id)) is var n ? (n.State, n.Attempts) : default);
        Assert.True((await TestAsync(channel))!.Ok);
    }

    [Fact]
    public async Task A_workflow_of_Teams_gets_a_card_in_which_a_subject_makes_no_link()
    {
        under.Receiver.Answer = StandInReceiver.Says(202);
        var channel = await under.ChannelAsync(ChannelKind.Teams, $"{under.Receiver.Address}workflows/1/triggers/manual/paths/invoke?sig=secret");

        var e = await under.OpenedAsync(subject: "[Sign in](https://evil.example)");

        Assert.Equal(NotificationState.Sent, Assert.Single(await under.ToldAsync(e.Id)).State);
        var attachment = Json(Assert.Single(under.Receiver.Calls)).GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4"), (card.GetProperty("type").GetString(), card.GetProperty("version").GetString()));
        // Markdown is read in TextBlock; a stranger's words stand in none.
        Assert.All(card.GetProperty("body").EnumerateArray(), b => Assert.Equal("RichTextBlock", b.GetProperty("type").GetString()));
        Assert.Equal(["Take it on", "Settled", "Open the message"], card.GetProperty("actions").EnumerateArray().Select(a => a.GetProperty("title").GetString()));

        under.Receiver.Answer = StandInReceiver.Says(401);
        var test = (await TestAsync(channel))!;
        Assert.False(test.Ok);
        Assert.Contains("copy it from the workflow again", test.Steps[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=secret", test.Steps[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_mail_it_leaves_by_the_mailboxs_own_server_at_most_once()
    {
        using var server = new SmtpStandIn();
        await under.Store.ExecuteAsync($$$"""update mailbox set settings = '{"smtp":{"host":"127.0.0.1","port":{{{server.Port}}},"security":"None","authentication":"None"}}' where id = {{{under.Store.Mailbox}}}""");
        var channel = await under.ChannelAsync(ChannelKind.Email, change: s => s with { Address = null, FromMailbox = under.Store.Mailbox, Recipients = ["oncall@team.example"] });

        var e = await under.OpenedAsync();
        server.Ends = SmtpEnd.Silent;
        var lost = await under.OpenedAsync();
        server.Ends = SmtpEnd.Refuses;
        var test = (await TestAsync(channel))!;

        Assert.Equal(NotificationState.Sent, Assert.Single(await under.ToldAsync(e.Id)).State);
        Assert.Equal(NotificationState.Unknown, Assert.Single(await under.ToldAsync(lost.Id)).State);
        Assert.False(test.Ok);
        var mail = server.Mails[0];
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.Ordinal);
        Assert.Contains("To: oncall@team.example", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: Critical escalation: Help", mail, StringComparison.Ordinal);
    }

    public static TheoryData<SaveChannel, string> Wrong => new()
    {
        { new(ChannelKind.Webhook, "a", new()), "needs its address" },
        { new(ChannelKind.Webhook, "a", new() { Address = "https://169.254.169.254/latest" }), "inside the house" },
        { new(ChannelKind.Webhook, "a", new() { Address = "http://hooks.example.com/" }), "encryption" },
        { new(ChannelKind.Webhook, "", new() { Address = "https://hooks.example.com/" }), "name has" },
        { new(ChannelKind.Webhook, "a\r\nb", new() { Address = "https://hooks.example.com/" }), "name has" },
        { new((ChannelKind)99, "a", new()), "kind is" },
        { new(ChannelKind.Slack, "a", new() { Target = "C1" }), "bot's token" },
        { new(ChannelKind.Slack, "a", new(), Secret: "xoxb-1"), "enter the channel" },
        { new(ChannelKind.Slack, "a", new(), Secret: "http://10.0.0.1/x"), "inside the house" },
        { new(ChannelKind.Slack, "a", new() { Target = "C1" }, Secret: "xoxb\r\nX-Evil: 1"), "one line" },
        { new(ChannelKind.Teams, "a", new()), "workflow" },
        { new(ChannelKind.PagerDuty, "a", new()), "integration key" },
        { new(ChannelKind.Email, "a", new() { FromMailbox = 1 }), "recipients" },
        { new(ChannelKind.Email, "a", new() { FromMailbox = 1, Recipients = ["a@b.example\r\nBcc: c@d.example"] }), "is no address" },
        { new(ChannelKind.Email, "a", new() { FromMailbox = 1, Recipients = ["Support@shop.example"] }), "mailbox of ours" },
        { new(ChannelKind.Email, "a", new() { FromMailbox = 987_654, Recipients = ["a@b.example"] }), "no mailbox 987654" },
        { new(ChannelKind.Webhook, "a", new() { Address = "https://hooks.example.com/", Levels = [5] }), "levels are 1 to 4" },
        { new(ChannelKind.Webhook, "a", new() { Address = "https://hooks.example.com/", MostPerHour = 0 }), "mostPerHour" },
        { new(ChannelKind.Webhook, "a", null!), "settings is missing" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_channel_that_cannot_be_meant_is_told(SaveChannel save, string says)
        => Assert.Contains(says, (await under.Store.Get<ChannelStore>().CreateAsync(save, "Olga", None)).Problem, StringComparison.Ordinal);

    [Fact]
    public async Task A_stored_secret_goes_to_no_other_server_and_stands_nowhere()
    {
        var store = under.Store.Get<ChannelStore>();
        var id = await under.ChannelAsync(secret: "whsec_very-secret", name: "Ops");
        var save = new SaveChannel(ChannelKind.Webhook, "Ops", new ChannelSettings { Address = "https://elsewhere.example/" });

        Assert.Contains("enter the secret again", (await store.SaveAsync(id, 1, save, "Olga", None)).Problem, StringComparison.Ordinal);
        Assert.Equal(Core.Data.WriteOutcome.Done, (await store.SaveAsync(id, 1, save with { Secret = "" }, "Olga", None)).Outcome);
        Assert.Equal(Core.Data.WriteOutcome.VersionConflict, (await store.SaveAsync(id, 1, save, "Olga", None)).Outcome);
        Assert.Equal(0, await under.Store.AskAsync<long>($"select count(*) from secret where name like 'channel/{id}/%'"));
        Assert.Equal(0, await under.Store.AskAsync<long>("select count(*) from audit_entry where detail like '%very-secret%'"));
        Assert.Equal(Core.Data.WriteOutcome.Done, await store.DeleteAsync(id, 2, "Olga", None));
    }
}
