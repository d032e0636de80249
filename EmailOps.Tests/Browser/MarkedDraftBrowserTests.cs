using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>What the grounding gate did not find, and where an attack stands, in a browser over the running product.</summary>
public sealed class MarkedDraftBrowserTests(RunningConsole running) : IClassFixture<RunningConsole>
{
    [Fact]
    public async Task A_sentence_nobody_can_prove_is_marked_when_it_is_saved_and_a_person_may_still_send_it()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true });
        var page = await running.SignInAsync(context);
        await page.GotoAsync(new Uri(running.Address, "/?decision=Suggest").ToString());
        await page.Locator(".row").Filter(new() { HasText = "Gift card locked" }).Locator(".row-subject").First.ClickAsync();
        await Expect(page.GetByText("Everything in it was found in the knowledge base")).ToBeVisibleAsync();

        var draft = page.Locator("#draft-body");
        var words = await draft.InputValueAsync();
        await draft.FillAsync(words.Replace("After 5 wrong tries", "After 9 wrong tries", StringComparison.Ordinal) + "\n\nWe will also send you a voucher of EUR 25.");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Save") }).ClickAsync();
        var panel = page.Locator(".grounding");
        await Expect(panel).ToContainTextAsync("not found in the knowledge base");
        await Expect(panel.Locator("mark").Filter(new() { HasText = "9" })).ToHaveCountAsync(1);
        await Expect(panel.Locator("mark").Filter(new() { HasText = "EUR 25" })).ToHaveCountAsync(1);
        // What is marked reads as it was written: marks add no white space.
        Assert.Contains("After 9 wrong tries the card", (await panel.Locator(".marked-draft").TextContentAsync())!, StringComparison.Ordinal);
        await LookAsync(page, "marked-draft");

        await page.Locator("#draft-body").FillAsync(words);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Save") }).ClickAsync();
        await Expect(page.GetByText("Everything in it was found in the knowledge base")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_words_of_an_attack_are_marked_where_they_stand_also_those_that_nobody_sees()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true });
        var page = await running.SignInAsync(context);
        foreach (var decision in new[] { "Quarantine", "HoldForReview" })
        {
            await page.GotoAsync(new Uri(running.Address, $"/?decision={decision}").ToString());
            var rows = await page.Locator(".row-subject").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
            foreach (var row in rows)
            {
                await page.GotoAsync(new Uri(running.Address, row).ToString());
                if (await page.Locator("#message mark").CountAsync() == 0)
                    continue;
                Assert.NotEmpty((await page.Locator("#message mark").First.GetAttributeAsync("title"))!);
                await LookAsync(page, "marked-attack");
                return;
            }
        }
        Assert.Fail("No message of the samples has its attack marked.");
    }

    /// <summary>Shuts nobody out, fits a phone; EMAILOPS_SCREENSHOTS names a folder for people to look at it.</summary>
    private static async Task LookAsync(IPage page, string name)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.All(v => v.Impact is not ("serious" or "critical")), string.Join("; ", found.Violations.Select(v => $"{v.Id}: {v.Help} {v.Nodes.FirstOrDefault()?.Html}")));
        if (Environment.GetEnvironmentVariable("EMAILOPS_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        await page.SetViewportSizeAsync(390, 844);
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, $"{name} is too wide for a phone.");
        await page.SetViewportSizeAsync(1280, 900);
    }
}
