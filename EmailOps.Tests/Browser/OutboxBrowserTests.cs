using Deque.AxeCore.Playwright;
using EmailOps.Tests.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>The outbox with a reply in every state, in a browser.</summary>
public sealed class OutboxBrowserTests
{
    [Fact]
    public async Task It_counts_down_is_undone_by_keyboard_shuts_nobody_out_and_fits_a_phone()
    {
        if (Chromium.Find() is not { } path) return; // RunningConsole says so
        await using var console = await ConsoleUnderTest.StartAsync();
        console.Api.Outbox.Fill(TimeProvider.System.GetUtcNow());
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, path);
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true });
        var page = await context.NewPageAsync();
        await page.GotoAsync(console.Links.New().ToString());
        await page.GetByLabel("Your name").FillAsync("Test Operator");
        await page.GetByLabel("A password").FillAsync("a few words are good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Inbox", Level = 1 })).ToBeVisibleAsync();

        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.GotoAsync(new Uri(console.Address, "/outbox").ToString());
            var found = await page.RunAxe();
            Assert.True(found.Violations.All(violation => violation.Impact is not ("serious" or "critical")), $"{scheme}: {string.Join("; ", found.Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes.FirstOrDefault()?.Html}"))}");
        }
        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, "It is too wide for a phone.");

        var countdown = page.Locator(".reply .hold .countdown");
        var before = await countdown.InnerTextAsync();
        await Expect(countdown).Not.ToHaveTextAsync(before);
        Assert.StartsWith("in 1:", before, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Undo ?: the reply to ada1@") }).PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Taken back. It was not sent" })).ToBeVisibleAsync();
    }
}
