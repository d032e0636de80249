using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

/// <summary>Language models on the status page, without script.</summary>
public sealed class ModelPanelTests : IAsyncLifetime
{
    private ConsoleUnderTest _console = null!;
    private HttpClient _person = null!;

    public async Task InitializeAsync()
    {
        _console = await ConsoleUnderTest.StartAsync();
        _person = await _console.SignedInAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private static string Row(string page, string provider)
    {
        var start = page.IndexOf($"data-provider=\"{provider}\"", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no row {provider}.");
        return page[start..page.IndexOf("</tr>", start, StringComparison.Ordinal)];
    }

    [Fact]
    public async Task The_status_page_says_who_is_asked_how_they_are_and_what_was_spent()
    {
        var page = await _person.GetStringAsync("/status");

        Assert.Contains("Works", Row(page, "ollama"), StringComparison.Ordinal);
        Assert.Contains("found on this machine", Row(page, "ollama"), StringComparison.Ordinal);
        Assert.Contains("Left alone until", Row(page, "elsewhere"), StringComparison.Ordinal);
        Assert.Contains("answered 500", Row(page, "elsewhere"), StringComparison.Ordinal);
        Assert.Contains("310,200 tokens, 1.25 of 5.00", page, StringComparison.Ordinal);
        // One card for what they did, who they are and what they cost.
        Assert.Equal(2, page.Split("aria-labelledby=\"model-title\"").Length);
        Assert.DoesNotContain("Model providers", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_is_held_open_by_the_person_who_says_so_and_offers_the_way_back()
    {
        var answer = await _person.SubmitAsync("/status", "/status/models/breaker", ("provider", "ollama"), ("force", "Open"));

        Assert.Equal("/status", answer.Headers.Location?.ToString());
        Assert.Equal(("ollama", BreakerForce.Open, "Mara Ek"), Assert.Single(_console.Api.Models.Orders));
        var page = await _person.GetStringAsync("/status");
        Assert.Contains("ollama is asked no more", page, StringComparison.Ordinal);
        Assert.Contains("Held open by Mara Ek", Row(page, "ollama"), StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"Open\"", Row(page, "ollama"), StringComparison.Ordinal);
        Assert.Contains("value=\"Auto\"", Row(page, "ollama"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cached_answers_can_be_forgotten()
    {
        await _person.SubmitAsync("/status", "/status/clear-cache");

        Assert.Contains("Forgotten: 87 cached answers", await _person.GetStringAsync("/status"), StringComparison.Ordinal);
    }
}
