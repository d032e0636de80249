using System.Net;
using EmailOps.Tests.Browser;
using Microsoft.Playwright;

namespace EmailOps.Tests.Web;

/// <summary>The model pages without script: empty, full and with an Api that fails; forms say what they did.</summary>
public sealed class ModelPageTests : IAsyncLifetime
{
    private ConsoleUnderTest _console = null!;
    private HttpClient _person = null!;

    public async Task InitializeAsync()
    {
        _console = await ConsoleUnderTest.StartAsync();
        _person = await _console.SignedInAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Theory]
    [InlineData("/model", "Nothing learned yet")]
    [InlineData("/model/risk", "There is no budget; the bands hold.")]
    [InlineData("/model/evaluations", "No evaluation yet")]
    [InlineData("/model/replays", "No replay yet")]
    public async Task Every_page_says_when_there_is_nothing_and_when_the_Api_is_away(string path, string empty)
    {
        Assert.Contains(empty, await _person.GetStringAsync(path), StringComparison.Ordinal);
        _console.Api.Failure = (503, "{\"title\":\"The store does not answer\",\"detail\":\"Try again in a moment.\"}", "application/problem+json");
        using var answer = await _person.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("The store does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_page_shows_versions_lessons_and_drift_and_offers_what_can_be_done()
    {
        _console.Api.Learned.Fill();
        var page = await _person.GetStringAsync("/model");
        foreach (var words in new[] { "Version 1", "Not adopted", "29 of 30", "27 of 30", "It would get 2 more", "stability index 0.41", "Where is &lt;b&gt;my&lt;/b&gt; parcel", "Approved the draft" }) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("/model/lessons/3/undo", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/model/lessons/2/undo", page, StringComparison.Ordinal); // a decision about a draft is taken back where the draft is
        var list = await _person.GetStringAsync("/model/evaluations");
        Assert.Contains("120 of 400", list, StringComparison.Ordinal);
        Assert.Contains("The model has no version 9.", await _person.GetStringAsync("/model/replays"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _person.GetAsync("/model/evaluations/99")).StatusCode);
    }

    [Fact]
    public async Task Orders_carry_the_revision_that_was_seen_and_an_old_one_is_refused()
    {
        _console.Api.Learned.Fill();
        var done = await _person.SubmitAsync("/model", "/model/1/rollback", ("revision", "4"), ("number", "2"));
        Assert.Contains("Version 2 is in force, and held there", await _person.FollowAsync(done), StringComparison.Ordinal);
        var late = await _person.SubmitAsync("/model", "/model/1/retrain", ("revision", "4"));
        Assert.Contains("Changed meanwhile", await _person.FollowAsync(late), StringComparison.Ordinal);
        await _person.SubmitAsync("/model", "/model/1/unpin", ("revision", "5"));
        Assert.Contains("Taken back", await _person.FollowAsync(await _person.SubmitAsync("/model", "/model/lessons/3/undo", ("mailbox", "1"))), StringComparison.Ordinal);
        await _person.SubmitAsync("/model/risk", "/model/1/risk", ("version", "3"), ("category", ""), ("most", "2.5"), ("doubt", "5"));
        await _person.SubmitAsync("/model/risk", "/model/1/risk", ("version", "3"), ("category", "complaint"), ("none", "true"));
        Assert.Contains("Not a number", await _person.FollowAsync(await _person.SubmitAsync("/model/risk", "/model/1/risk", ("version", "3"), ("most", "many"), ("doubt", "5"))), StringComparison.Ordinal);
        Assert.Equal(["rollback 2 True", "unpin", "undo 3", "risk  0.025 0.05", "risk complaint  0.1"], _console.Api.Learned.Orders);
    }

    [Fact]
    public async Task Prompts_are_pasted_and_what_asking_took_is_shown()
    {
        await _person.SubmitAsync("/model/replays", "/model/replays", ("days", "3"), ("most", "20"), ("prompt-judge", "version: 2"), ("prompt-draft", "  "));
        await _person.SubmitAsync("/model/replays", "/model/replays", ("days", "3"), ("ask", "true"));
        Assert.Equal(["replay 3   False 20 judge=version: 2", "replay 3   True"], _console.Api.Learned.Orders);
        var page = await _person.GetStringAsync("/model/replays/9");
        foreach (var words in new[] { "prompts judge/2-1a2b3c4d", "20 of 28 messages", "12,400 tokens in, 800 out, cost 0.0213", "could not be used: 2", "8 not asked about", "/messages/15", "&lt;b&gt;nobody", "Every message that was compared" }) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("/messages/16", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_curve_is_drawn_for_eyes_told_to_ears_and_shuts_nobody_out()
    {
        _console.Api.Learned.Fill();
        var html = await _person.GetStringAsync("/model/risk");
        Assert.Contains("<polyline class=\"error\"", html, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Curve of coverage against error over 900 outcomes.", html, StringComparison.Ordinal);
        if (Chromium.Find() is not { } path) return; // RunningConsole says so
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, path);
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(_console.Links.New().ToString());
        await page.GetByLabel("Your name").FillAsync("Test Operator");
        await page.GetByLabel("A password").FillAsync("a few words are good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Inbox", Level = 1 })).ToBeVisibleAsync();
        foreach (var (name, at) in new[] { ("curve", "/model/risk"), ("full", "/model"), ("evaluations", "/model/evaluations"), ("replays-form", "/model/replays"), ("replay-asked", "/model/replays/9") })
        {
            await page.GotoAsync(new Uri(_console.Address, at).ToString());
            await PageLook.AtAsync(page, name);
        }
    }
}
