using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>What a team says in its own words, labels and the beginnings and ends of replies, in a browser on the real installation.</summary>
public sealed class TeamWordsBrowserTests(RunningConsole running) : IClassFixture<RunningConsole>
{
    private const int Each = 9;

    [Fact]
    public async Task A_label_is_made_put_on_several_messages_learned_proposed_accepted_and_retired()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await running.SignInAsync(context, "Test Operator");
        // Who has no labels sees nothing of them.
        await Expect(page.Locator("[data-bulk], [data-tick]")).ToHaveCountAsync(0);

        await GoAsync(page, "/model/labels");
        await Expect(page.GetByText("No labels yet")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("German");
        await page.GetByLabel("When to use it").FillAsync("Somebody who speaks German answers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByText("8 messages with it and 8 handled without it missing before it is proposed.")).ToBeVisibleAsync();

        await TickAsync(page, "/?language=de", "Put on");
        await Expect(page.GetByText($"{Each} messages labelled")).ToBeVisibleAsync();
        await Expect(page.Locator(".row .chip.label")).ToHaveCountAsync(Each);
        await PageLook.AtAsync(page, "labelled-inbox");
        await TickAsync(page, "/?language=en", "Take off");
        await GoAsync(page, "/model/labels");
        // Live: it follows without being loaded again.
        await Expect(page.Locator("tr[data-id^='label-']")).ToContainTextAsync("Yes");
        await Expect(page.Locator("dl.figures")).ToContainTextAsync("Micro-F1");
        await PageLook.AtAsync(page, "labels");
        await page.GetByRole(AriaRole.Link, new() { Name = $"{Each}", Exact = true }).ClickAsync();
        await Expect(page.Locator(".row")).ToHaveCountAsync(Each);

        // A message of the same kind that nobody labelled.
        await GoAsync(page, "/?language=de");
        var rest = page.Locator(".row:not(:has(.chip.label)) .row-subject");
        var proposed = page.Locator(".label-proposals");
        for (var i = 0; i < await rest.CountAsync() && await proposed.CountAsync() == 0; i++)
        {
            await rest.Nth(i).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Triage again" }).ClickAsync();
            // Judged before the page listens, it does not follow by itself.
            for (var look = 0; look < 60 && !(await page.Locator(".runs").InnerTextAsync()).Contains("labels", StringComparison.Ordinal); look++)
            {
                await Task.Delay(250);
                await page.ReloadAsync();
            }
            if (await proposed.CountAsync() == 0) await GoAsync(page, "/?language=de");
        }
        await Expect(proposed).ToContainTextAsync("German");
        await PageLook.AtAsync(page, "label-proposal");
        await proposed.GetByRole(AriaRole.Button, new() { NameRegex = new("^Put on") }).PressAsync("Enter");
        await Expect(page.GetByText("Put on. Triage learns from it.")).ToBeVisibleAsync();
        await Expect(page.Locator(".label-list")).ToContainTextAsync("German");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take off German" }).PressAsync("Enter");
        await Expect(page.GetByText("Off. Triage learns from it.")).ToBeVisibleAsync();
        // One key leads to the choice of labels.
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("l");
        await Expect(page.Locator("#label")).ToBeFocusedAsync();
        await Expect(page.Locator("#label")).ToContainTextAsync("taken off by Test Operator");

        await GoAsync(page, "/model");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take back ?: Labelled") }).First.ClickAsync();
        await Expect(page.GetByText("Taken back by Test Operator", new() { Exact = true })).ToBeVisibleAsync();
        await GoAsync(page, "/model/labels");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Retire") }).ClickAsync();
        await Expect(page.GetByText("Retired. Restore brings it back")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Restore") }).ClickAsync();
        await Expect(page.GetByText("It is in use again.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task How_replies_begin_and_end_is_typed_looked_at_saved_and_stands_in_the_next_draft()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await running.SignInAsync(context);
        await GoAsync(page, "/mailboxes");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Replies") }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "German" }).ClickAsync();
        var (greeting, preview) = (page.GetByLabel("Greeting"), page.Locator("[data-preview]"));
        await Expect(greeting).ToHaveAttributeAsync("placeholder", "Guten Tag {name},");
        await Expect(preview).ToContainTextAsync("Guten Tag Jana Weber,");
        await greeting.FillAsync("Moin {nam},");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByText("reply.languages.de.greeting has {nam}; only {name} is put in there.")).ToBeVisibleAsync();
        await greeting.FillAsync("Moin {name},");
        await page.Locator("textarea[name=Signature]").FillAsync("Nordlicht GmbH\nHafenstraße 1, 24103 Kiel");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByText("Preview, not saved")).ToBeVisibleAsync();
        await Expect(preview).ToContainTextAsync("Moin Jana Weber,");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved. The next drafts begin and end so")).ToBeVisibleAsync();
        await Expect(preview).ToContainTextAsync("Hafenstraße 1, 24103 Kiel");
        await PageLook.AtAsync(page, "replies");

        await GoAsync(page, "/?language=de&decision=Suggest");
        await page.Locator(".row-subject").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Triage again" }).ClickAsync();
        for (var look = 0; look < 60 && !(await page.Locator("#draft-body").InputValueAsync()).EndsWith("Kiel", StringComparison.Ordinal); look++)
        {
            await Task.Delay(250);
            await page.ReloadAsync();
        }
        await Expect(page.Locator("#draft-body")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("(?s)^(Moin|Guten Tag,).*Hafenstraße 1, 24103 Kiel$"));
        // The team's own signature is nothing made up.
        await Expect(page.Locator(".answer")).ToContainTextAsync("Everything in it was found");
    }

    /// <summary>Ticks the first messages of a list and orders something for them.</summary>
    private async Task TickAsync(IPage page, string list, string order)
    {
        await GoAsync(page, list);
        var boxes = page.Locator("[data-tick]");
        // By the keyboard as well as by the mouse.
        await page.Locator(".row-subject").First.FocusAsync();
        await page.Keyboard.PressAsync("x");
        await Expect(page.GetByText("1 ticked")).ToBeVisibleAsync();
        for (var i = 1; i < Each; i++) await boxes.Nth(i).CheckAsync();
        await Expect(page.GetByText($"{Each} ticked")).ToBeVisibleAsync();
        await page.Locator("#bulk").GetByRole(AriaRole.Button, new() { Name = order }).ClickAsync();
        await Expect(page.GetByText("Triage learns from it.")).ToBeVisibleAsync();
    }

    private async Task GoAsync(IPage page, string path) => await page.GotoAsync(new Uri(running.Address, path).ToString());
}
