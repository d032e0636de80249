using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

public sealed partial class ConsoleBrowserTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_operator_writes_an_article_sees_how_it_is_cut_asks_for_it_and_deletes_it(bool script)
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { JavaScriptEnabled = script });
        var page = await running.SignInAsync(context);
        var word = script ? "periscope" : "astrolabe";
        await page.GotoAsync(At("/knowledge"));
        await page.GetByRole(AriaRole.Link, new() { Name = "New article" }).ClickAsync();
        await page.Locator("[name=Title]").FillAsync($"Polishing the {word}");
        await page.Locator("[name=Body]").FillAsync($"Polish your {word} with a soft cloth.\n\n## Storing it\n\nStore the {word} in a dry room. <script>alert(1)</script>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Cut into 2 passages" })).ToBeVisibleAsync();
        // A page answered from a form looks like any other.
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Outbox" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"Polishing the {word}");
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Saved" })).ToBeVisibleAsync();
        var article = new Uri(page.Url).AbsolutePath;

        await page.GotoAsync(At($"/knowledge/search?q=where+do+I+store+my+{word[..^2]}e"));
        await Expect(page.Locator(".hits > li").First).ToContainTextAsync($"Polishing the {word} · Storing it");
        await Expect(page.Locator(".hits > li").First).ToContainTextAsync("typo");
        await page.GotoAsync(At("/knowledge/search?q=who+painted+the+ceiling+of+the+chapel"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "We don't know" })).ToBeVisibleAsync();

        // Somebody else was faster: what was typed stays in the form, and says so.
        await page.GotoAsync(At(article + "/edit"));
        await using var other = await browser.NewContextAsync();
        var faster = await running.SignInAsync(other);
        await faster.GotoAsync(At(article + "/edit"));
        await faster.Locator("[name=Title]").FillAsync($"Polishing every {word}");
        await faster.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(faster.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"Polishing every {word}");
        await page.Locator("[name=Title]").FillAsync("Too late");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody changed article");
        await Expect(page.Locator("[name=Title]")).ToHaveValueAsync("Too late");

        await page.GotoAsync(At(article));
        await page.GetByText("Delete this article").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Deleted" })).ToBeVisibleAsync();
    }
}
