using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations;
using EmailOps.Tests.Web;

namespace EmailOps.Tests.Escalations;

/// <summary>The console's pages about escalations, without script, before the real Api.</summary>
[Collection(EscalationInstallation.Name)]
public sealed class EscalationConsoleTests(EscalationInstallation running) : IAsyncLifetime
{
    private EscalationsUnderTest Under => running.Under;

    public Task InitializeAsync() => Under.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_list_has_overdue_ones_first_filters_in_the_address_and_a_person_takes_one_on_and_settles_it()
    {
        using var person = await running.SignedInAsync(UserRole.Operator);
        Assert.Contains("Nobody is waited for", await person.GetStringAsync("/escalations"), StringComparison.Ordinal);
        var calm = await Under.OpenedAsync(priority: 2, subject: "Calm");
        var late = await Under.OpenedAsync(subject: "<script>late</script>");
        await Under.PassAsync(late.Id, TimeSpan.FromMinutes(6));

        var page = await person.GetStringAsync("/escalations");
        Assert.True(page.IndexOf($"data-id=\"{late.Id}\"", StringComparison.Ordinal) < page.IndexOf($"data-id=\"{calm.Id}\"", StringComparison.Ordinal));
        Assert.DoesNotContain("<script>late", page, StringComparison.Ordinal);
        Assert.Contains("Overdue <span class=\"count\">1</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"data-id=\"{calm.Id}\"", await person.GetStringAsync("/escalations?overdue=true"), StringComparison.Ordinal);
        Assert.DoesNotContain($"data-id=\"{late.Id}\"", await person.GetStringAsync("/escalations?severity=Low&state=open"), StringComparison.Ordinal);

        using var claimed = await person.SubmitAsync("/escalations?severity=Critical", $"/escalations/{late.Id}/claim", ("back", "/escalations?severity=Critical"));
        Assert.Contains("It is yours.", await person.FollowAsync(claimed), StringComparison.Ordinal);
        using var again = await person.SubmitAsync("/escalations", $"/escalations/{late.Id}/claim", ("back", "//evil.example"));
        Assert.Equal("/escalations", again.Headers.Location?.ToString());
        Assert.Contains("has taken it on", await person.FollowAsync(again), StringComparison.Ordinal);
        using var settled = await person.SubmitAsync("/escalations", $"/escalations/{late.Id}/resolve", ("note", "Called back."), ("back", $"/escalations/{late.Id}"));
        var one = await person.FollowAsync(settled);
        Assert.Contains("Called back.", one, StringComparison.Ordinal);
        Assert.Contains("escalation.resolve", one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_makes_a_channel_and_tests_it_and_others_may_not()
    {
        using var admin = await running.SignedInAsync(UserRole.Admin);
        using var viewer = await running.SignedInAsync(UserRole.Viewer);

        using var made = await admin.SubmitAsync("/escalations/channels", "/escalations/channels", ("kind", "Webhook"), ("name", "Ops"), ("address", Under.Receiver.Address.ToString()), ("secret", "whsec_hidden"), ("fromSeverity", "High"));
        var page = await admin.FollowAsync(made);
        Assert.Contains("Made. Test it now.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_hidden", page, StringComparison.Ordinal);
        var channel = Assert.Single(await Under.Store.Get<ChannelStore>().ListAsync(CancellationToken.None));
        using var tested = await admin.SubmitAsync("/escalations/channels", $"/escalations/channels/{channel.Id}/test");
        Assert.Contains("Ops works.", await admin.FollowAsync(tested), StringComparison.Ordinal);
        Assert.Contains("escalation.test", Assert.Single(Under.Receiver.Calls).Text, StringComparison.Ordinal);
        using var wrong = await admin.SubmitAsync("/escalations/channels", "/escalations/channels", ("kind", "Webhook"), ("name", "Inside"), ("address", "http://169.254.169.254/"));
        Assert.Contains("inside the house", await admin.FollowAsync(wrong), StringComparison.Ordinal);

        Assert.DoesNotContain("New channel", await viewer.GetStringAsync("/escalations/channels"), StringComparison.Ordinal);
        using var refused = await viewer.SubmitAsync("/escalations/channels", $"/escalations/channels/{channel.Id}/test");
        Assert.NotEqual("/escalations/channels", refused.Headers.Location?.ToString());
        Assert.Single(Under.Receiver.Calls);
    }

    [Fact]
    public async Task Service_levels_are_entered_and_what_cannot_be_read_is_said()
    {
        using var admin = await running.SignedInAsync(UserRole.Admin);
        (string, string)[] times = [.. Enum.GetNames<EscalationSeverity>().SelectMany(s => new[] { ($"respond-{s}", "10"), ($"resolve-{s}", "20") })];
        (string, string)[] form = [("mailbox", "0"), ("version", "0"), ("timeZone", "Europe/Berlin"), ("remindMinutes", "30"), ("from-Monday", "08:00"), ("until-Monday", "16:30"), ("holidays", "2026-12-24\r\n2026-12-25"), ("onCall", "1, Ada, ada@team.example, +49 30 1\r\n2, Ben"), .. times];

        using var saved = await admin.SubmitAsync("/escalations/levels", "/escalations/levels", form);
        Assert.Contains("Saved.", await admin.FollowAsync(saved), StringComparison.Ordinal);
        var plan = (await running.Caller.GetAsync<ServiceLevelView>(EscalationRoutes.ServiceLevels)).Plan;
        Assert.Equal(("Europe/Berlin", 2, 2, 30, new TimeOnly(16, 30)), (plan.TimeZone, plan.Holidays.Count, plan.OnCall.Count, plan.RemindMinutes, Assert.Single(plan.Hours).Until));

        using var bad = await admin.SubmitAsync("/escalations/levels", "/escalations/levels", [.. form.Where(f => f.Item1 != "holidays"), ("holidays", "Christmas")]);
        Assert.Contains("is no day", await admin.FollowAsync(bad), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_with_a_link_sees_what_it_would_do_and_confirms_under_a_name()
    {
        var e = await Under.OpenedAsync(subject: "Broken zip");
        var token = (await Under.Store.Get<EscalationKey>().TokenAsync(CancellationToken.None)).Make(e.Id, LinkPurpose.Claim, TimeProvider.System.GetUtcNow().AddHours(1));
        using var stranger = running.Browser();

        var shown = await stranger.GetStringAsync($"/e/{token}");
        Assert.Contains("Take it on?", shown, StringComparison.Ordinal);
        Assert.Contains("Broken zip", shown, StringComparison.Ordinal);
        // A chat that opens the link to preview it changes nothing.
        Assert.Equal(EscalationState.Open, (await Under.ViewAsync(e.Id)).State);
        using var acted = await stranger.SubmitAsync($"/e/{token}", "/e", ("token", token), ("name", "Ben"));
        Assert.Contains("It is yours.", await stranger.FollowAsync(acted), StringComparison.Ordinal);
        Assert.Equal("Ben (by link)", (await Under.ViewAsync(e.Id)).ClaimedBy);

        Assert.Contains("does not work any more", await stranger.GetStringAsync("/e/c1.2.x"), StringComparison.Ordinal);
        using var inside = await stranger.GetAsync("/escalations");
        Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
    }
}
