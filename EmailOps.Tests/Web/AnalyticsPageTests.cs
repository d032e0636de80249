using System.Net;

namespace EmailOps.Tests.Web;

/// <summary>The analytics pages without script: empty, full and with an Api that fails; files; the status page for everybody.</summary>
public sealed class AnalyticsPageTests : IAsyncLifetime
{
    private ConsoleUnderTest _console = null!;
    private HttpClient _person = null!;

    public async Task InitializeAsync()
    {
        _console = await ConsoleUnderTest.StartAsync();
        _person = await _console.SignedInAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private async Task HoldsAsync(string path, params string[] words)
    {
        var page = await _person.GetStringAsync(path);
        foreach (var word in words) Assert.Contains(word, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_says_when_there_is_nothing_and_when_the_Api_is_away()
    {
        await HoldsAsync("/analytics", "Nothing was decided in this period");
        await HoldsAsync("/analytics/patterns", "Nobody has looked yet");
        await HoldsAsync("/analytics/capacity", "No whole day yet", "Nothing to advise");
        _console.Api.Failure = (503, "{\"title\":\"The store does not answer\",\"detail\":\"Try again in a moment.\"}", "application/problem+json");
        foreach (var path in new[] { "/analytics", "/analytics/patterns", "/analytics/capacity", "/analytics/performance.csv", "/analytics/capacity.json" })
        {
            using var answer = await _person.GetAsync(path);
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
            Assert.Contains("The store does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Full_pages_show_figures_charts_and_advice_and_are_files_too()
    {
        _console.Api.Analytics.IsFull = true;
        await HoldsAsync("/analytics?period=week", "1,234", "34.5 %", "80.0 %", "Only 5 messages were reviewed", "99.5 %", "<rect class=\"whole\"", "&lt;script&gt;", "value=\"week\" selected", "performance.csv?period=week");
        await HoldsAsync("/analytics/capacity?days=90", "High CPU utilization", "&#x2B;25 %", "1 Aug 2026", "value=\"90\" selected");
        await HoldsAsync("/analytics?period=%3Cscript%3E", "value=\"day\" selected");

        using var csv = await _person.GetAsync("/analytics/performance.csv?period=day");
        Assert.Equal(("text/csv", "attachment"), (csv.Content.Headers.ContentType!.MediaType, csv.Content.Headers.ContentDisposition!.DispositionType));
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal((26, "at,messages,automatic,seconds"), (lines.Length, lines[0]));
        using var json = await _person.GetAsync("/analytics/capacity.json");
        Assert.Contains("\"recommendations\"", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_becomes_an_article_that_a_person_finishes()
    {
        using var looked = await _person.SubmitAsync("/analytics/patterns", "/analytics/patterns/analyze");
        Assert.Contains("Looked at 100 messages.", await _person.FollowAsync(looked), StringComparison.Ordinal);
        await HoldsAsync("/analytics/patterns", "where is my order #", "shop@b2b.example", "Wash &lt;b&gt;wool&lt;/b&gt;", "/knowledge/new?pattern=7&amp;candidate=1");
        await HoldsAsync("/knowledge/new?pattern=7&candidate=1", "value=\"Wash &lt;b&gt;wool&lt;/b&gt;\"", "## What was answered", "wool, wash");
        var other = await _person.GetStringAsync("/knowledge/new?pattern=8&candidate=1");
        Assert.DoesNotContain("What was answered", other, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/status-page")]
    [InlineData("/email-triage")]
    public async Task The_status_page_is_for_those_who_signed_in_unless_it_is_opened_to_everybody(string path)
    {
        using var refused = await _console.Stranger().GetAsync(path);
        Assert.True(refused.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized);
        await HoldsAsync(path, "partly away", "Receiving mail", "Up 99.95 %", "class=\"poor\"");

        await using var open = await ConsoleUnderTest.StartAsync("--STATUS_PAGE=public");
        var page = await open.Stranger().GetStringAsync(path);
        Assert.Contains("Service status", page, StringComparison.Ordinal);
        var json = await open.Stranger().GetStringAsync($"{path}?format=json");
        Assert.Contains("\"uptime_percentage\":99.95", json, StringComparison.Ordinal);
        open.Api.Failure = (500, "{}", "application/json");
        using var away = await open.Stranger().GetAsync(path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Contains("cannot be read just now", await away.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
