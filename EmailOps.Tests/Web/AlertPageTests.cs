using System.Net;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Monitoring;
using EmailOps.Tests.Web.StandIn;

namespace EmailOps.Tests.Web;

/// <summary>Alerts in the console, and the runbook beside them.</summary>
public sealed class AlertPageTests
{
    [Fact]
    public async Task What_is_critical_stands_on_every_page_until_somebody_looks_at_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();
        Assert.DoesNotContain("role=\"alert\"", await person.GetStringAsync("/"), StringComparison.Ordinal);

        console.Api.Alerts.Firing.Add(StandInAlerts.Make(7, "EmailQueueBacklog", AlertSeverity.Critical, "Queue size is high: <250>.", "queue-growing"));
        console.Api.Alerts.Firing.Add(StandInAlerts.Make(8, "DeadLetters", AlertSeverity.Warning, "3 work items ran out of attempts.", "dead-letters"));
        var inbox = await person.GetStringAsync("/");
        Assert.Contains("Queue size is high: &lt;250&gt;.", inbox, StringComparison.Ordinal);
        Assert.Contains("href=\"/runbook/queue-growing\"", inbox, StringComparison.Ordinal);
        Assert.DoesNotContain("ran out of attempts", inbox, StringComparison.Ordinal);

        var page = await person.FollowAsync(await person.SubmitAsync("/alerts", "/alerts/7/acknowledge"));
        Assert.Contains("looks at it", page, StringComparison.Ordinal);
        Assert.Contains("3 work items ran out of attempts.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"alert\"", await person.GetStringAsync("/outbox"), StringComparison.Ordinal);

        var silenced = await person.FollowAsync(await person.SubmitAsync("/alerts", "/alerts/silence", ("name", "DeadLetters"), ("subject", ""), ("minutes", "60")));
        Assert.Contains("Silences", silenced, StringComparison.Ordinal);
        Assert.Equal(60, Assert.Single(console.Api.Alerts.Silenced).Minutes);
    }

    [Fact]
    public async Task Nothing_wrong_nobody_looking_and_no_Api_are_told_apart()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();
        Assert.Contains("Nothing is wrong", await person.GetStringAsync("/alerts"), StringComparison.Ordinal);
        Assert.Contains("No alert was ever over", await person.GetStringAsync("/alerts?state=history"), StringComparison.Ordinal);

        console.Api.Alerts.MonitorProblem = "No worker looks: nothing here is watched now.";
        Assert.Contains("nothing here is watched now", await person.GetStringAsync("/alerts"), StringComparison.Ordinal);
        Assert.Contains("EmailQueueBacklog", await person.GetStringAsync("/alerts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_the_runbook_is_shown_with_what_is_now_and_with_buttons_that_act()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var person = await console.SignedInAsync();
        console.Api.Alerts.Firing.Add(StandInAlerts.Make(7, "EmailQueueBacklog", AlertSeverity.Critical, "Queue size is high: 250.", "queue-growing"));

        foreach (var name in RunbookTests.Pages.Keys.Where(n => n != "README").Append("").Order(StringComparer.Ordinal))
        {
            var text = await person.GetStringAsync($"/runbook/{name}".TrimEnd('/'));
            Assert.Contains("runbook-now", text, StringComparison.Ordinal);
            Assert.DoesNotContain(".md\"", text, StringComparison.Ordinal);
        }
        var queue = await person.GetStringAsync("/runbook/queue-growing");
        Assert.Contains("Queue size is high: 250.", queue, StringComparison.Ordinal);
        Assert.Contains("emailops process trigger", queue, StringComparison.Ordinal);
        Assert.Contains("No alert of this page fires.", await person.GetStringAsync("/runbook/redis-down"), StringComparison.Ordinal);
        Assert.Contains("No such page", await person.GetStringAsync("/runbook/..%2f..%2fetc"), StringComparison.Ordinal);

        var paused = await person.FollowAsync(await person.SubmitAsync("/runbook/queue-growing", "/runbook/actions/pause", ("page", "queue-growing")));
        Assert.Contains("Automatic answers are paused by", paused, StringComparison.Ordinal);
        await person.SubmitAsync("/runbook/queue-growing", "/runbook/actions/retry-dead-letters", ("page", "//evil.example"));
        Assert.Contains(console.Api.Asked, a => a.Path == "/dead-letters/5/retry" && a.Operator == "Mara Ek");
        using var unknown = await person.SubmitAsync("/runbook", "/runbook/actions/format-disk", ("page", ""));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var elsewhere = await person.SubmitAsync("/runbook", "/runbook/actions/trigger", ("page", "//evil.example"));
        Assert.Equal("/runbook", elsewhere.Headers.Location?.ToString());
        Assert.All(AlertCatalog.All, r => Assert.Contains(r.Page, RunbookTests.Pages.Keys));
    }
}
