using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>From a correction to the version that knows it, a budget, an evaluation and a replay, in a browser on the real installation.</summary>
public sealed class ModelBrowserTests(RunningConsole running) : IClassFixture<RunningConsole>
{
    [Fact]
    public async Task What_an_operator_corrects_is_a_version_that_can_be_looked_at_measured_and_taken_back()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(running.NewLink());
        await page.GetByLabel("Your name").FillAsync("Test Operator");
        await page.GetByLabel("A password").FillAsync("a few words are good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Inbox", Level = 1 })).ToBeVisibleAsync();

        await GoAsync(page, "/model");
        await Expect(page.GetByText("Nothing learned yet")).ToBeVisibleAsync();
        await GoAsync(page, "/?decision=HoldForReview");
        await page.Locator(".row-subject").First.ClickAsync();
        var category = page.Locator("#category");
        var now = await category.InputValueAsync();
        await category.SelectOptionAsync(now == "complaint" ? "account" : "complaint");
        await page.Locator("form[action$='/category'] button").PressAsync("Enter");
        await Expect(page.GetByText("Corrected. Triage learns from it.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "What triage learned from people" }).ClickAsync();
        // Live: the page follows without being loaded again.
        await Expect(page.GetByText("Version 1", new() { Exact = true }).First).ToBeVisibleAsync();
        await Expect(page.Locator("tr[data-id='1']")).ToContainTextAsync("Test Operator");
        await Expect(page.Locator("tr[data-id='1']")).ToContainTextAsync("In force");
        await page.Locator("tr[data-id='1'] summary").PressAsync("Enter");
        await Expect(page.Locator("tr[data-id='1'] .scorecard")).ToContainTextAsync("Macro-F1");
        await PageLook.AtAsync(page, "model");

        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the base model" }).ClickAsync();
        await Expect(page.GetByText("Held where it is")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Let it learn" }).ClickAsync();
        await Expect(page.GetByText("It learns again")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take back") }).ClickAsync();
        await Expect(page.GetByText("Taken back by Test Operator", new() { Exact = true })).ToBeVisibleAsync();

        await GoAsync(page, "/model/risk");
        await page.Locator("form.risk-form").First.GetByLabel("At most this many wrong, in %").FillAsync("2");
        await page.Locator("form.risk-form").First.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await Expect(page.GetByText("more right outcomes are needed")).ToBeVisibleAsync();
        await PageLook.AtAsync(page, "risk");

        await GoAsync(page, "/model/evaluations");
        await page.Locator("#labelled").SetInputFilesAsync(new FilePayload { Name = "labelled.csv", MimeType = "text/csv", Buffer = "text,category\nwhere is my parcel,shipping\nI cannot log in to my account,account\nhello,nonsense\n"u8.ToArray() });
        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate" }).ClickAsync();
        await Expect(page.GetByText("is not a category of the taxonomy")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "By category" })).ToBeVisibleAsync();
        await PageLook.AtAsync(page, "evaluation");

        await GoAsync(page, "/model/replays");
        await page.GetByLabel("Days").FillAsync("365");
        await page.GetByLabel("Bands").FillAsync("100/99/98");
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(page.GetByText("Decided otherwise")).ToBeVisibleAsync();
        await PageLook.AtAsync(page, "replay");
        await GoAsync(page, "/model/replays");
        await Expect(page.GetByText("bands 100/99/98")).ToBeVisibleAsync();
        await PageLook.AtAsync(page, "replays");
    }

    private async Task GoAsync(IPage page, string path) => await page.GotoAsync(new Uri(running.Address, path).ToString());
}
