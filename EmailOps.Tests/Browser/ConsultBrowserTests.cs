using Deque.AxeCore.Playwright;
using EmailOps.Tests.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>What the language model had to do with a message, and what a mailbox may ask it, in a browser.</summary>
public sealed class ConsultBrowserTests
{
    [Fact]
    public async Task Questions_and_answers_open_the_policy_is_chosen_and_nobody_is_shut_out()
    {
        if (Chromium.Find() is not { } path) return; // RunningConsole says so
        await using var console = await ConsoleUnderTest.StartAsync();
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
            foreach (var place in new[] { "/messages/1", "/messages/10", "/mailboxes/1" })
            {
                await page.SetViewportSizeAsync(1280, 900);
                await page.GotoAsync(new Uri(console.Address, place).ToString());
                foreach (var details in await page.Locator("details.model-call:not([open]) > summary").AllAsync()) await details.ClickAsync();
                await ShotAsync(page, $"{place.Trim('/').Replace('/', '-')}-{scheme}");
                var found = await page.RunAxe();
                Assert.True(found.Violations.All(violation => violation.Impact is not ("serious" or "critical")), $"{place} in {scheme}: {string.Join("; ", found.Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes.FirstOrDefault()?.Html}"))}");
                await page.SetViewportSizeAsync(390, 844);
                var wide = await page.EvaluateAsync<string>("document.documentElement.scrollWidth <= document.documentElement.clientWidth ? '' : [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.tagName + '.' + e.className + ' ' + (e.name || e.textContent.slice(0, 30))).join('; ')");
                Assert.True(wide.Length == 0, $"{place} is too wide for a phone: {wide}");
            }
        }
        await page.SetViewportSizeAsync(1280, 900);
        await page.GotoAsync(new Uri(console.Address, "/messages/10").ToString());
        await Expect(page.Locator(".message-main .note-warn").Filter(new() { HasText = "Judged without the language model" })).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(console.Address, "/messages/1").ToString());
        var call = page.Locator("details.model-call");
        await Expect(call.Locator(".model-words").First).ToBeHiddenAsync();
        await call.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(call.Locator(".model-words").First).ToContainTextAsync("You sort mail.");

        await page.GotoAsync(new Uri(console.Address, "/mailboxes/1").ToString());
        await page.GetByLabel("Ask it").SelectOptionAsync("Never");
        await page.GetByLabel("Tokens a day").FillAsync("250000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save without a test" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Saved support@nordlicht" })).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(console.Address, "/mailboxes/1").ToString());
        await Expect(page.GetByLabel("Ask it")).ToHaveValueAsync("Never");
        await Expect(page.GetByLabel("Tokens a day")).ToHaveValueAsync("250000");
    }

    /// <summary>For people who want to look: EMAILOPS_SHOTS names a folder.</summary>
    private static async Task ShotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("EMAILOPS_SHOTS") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
