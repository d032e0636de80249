using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

public sealed partial class ConsoleBrowserTests(RunningConsole running) : IClassFixture<RunningConsole>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_operator_signs_in_reads_a_message_and_approves_its_draft_with_and_without_script(bool script)
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync(new() { JavaScriptEnabled = script });
        var page = await running.SignInAsync(context);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Decision" }).GetByRole(AriaRole.Link, new() { NameRegex = new("^Suggested") }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("decision=Suggest"));
        var waiting = page.Locator(".row").Filter(new() { HasNot = page.GetByText("Approved", new() { Exact = true }) });
        var subject = await waiting.Locator(".row-subject").First.InnerTextAsync();
        await waiting.Locator(".row-subject").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(subject);

        var draft = page.Locator("#draft-body");
        await draft.FillAsync(await draft.InputValueAsync() + "\n\nPS: written by a test.");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Approve") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Approved. You can take it back" })).ToBeVisibleAsync();
        await Expect(page.Locator("#draft")).ToContainTextAsync("PS: written by a test.");
        await Expect(page.Locator("#draft")).ToContainTextAsync("Approved by Test Operator");
        await Expect(page.GetByLabel("History")).ToContainTextAsync("Test Operator");

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("#draft-body")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("PS: written by a test"));
    }

    [Fact]
    public async Task No_page_breaks_its_own_policy_or_scrolls_sideways_or_shuts_anybody_out()
    {
        if (running.Browser is not { } browser)
            return;
        // axe must be injected, which the policy forbids; what the policy catches is collected in a context of its own below.
        await using var inspected = await browser.NewContextAsync(new() { BypassCSP = true });
        await using var phone = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        // 1280 pixels at 200 per cent.
        await using var zoomed = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 640, Height = 450 } });
        var inspector = await running.SignInAsync(inspected);
        var narrow = new[] { await running.SignInAsync(phone), await running.SignInAsync(zoomed) };
        var complaints = new List<string>();
        foreach (var page in narrow)
            page.Console += (_, message) =>
            {
                if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Type == "error")
                    complaints.Add($"{page.Url}: {message.Text}");
            };

        var message = await inspector.Locator(".row-subject").First.GetAttributeAsync("href");
        foreach (var path in new[] { "/", "/?decision=HoldForReview&priority=9", message!, "/import", "/outbox", "/problems", "/knowledge", "/knowledge/1", "/knowledge/new", "/knowledge/1/edit", "/knowledge/search?q=how+long+does+a+refund+take", "/knowledge/search?q=who+painted+the+ceiling", "/status", "/status/checks", "/status/checks?run=true", "/mailboxes", "/mailboxes/new", "/mailboxes/1" })
        {
            foreach (var page in narrow)
            {
                await page.GotoAsync(At(path));
                var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(overflow <= 0, $"{path} is {overflow} pixels too wide at {page.ViewportSize!.Width}.");
            }
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await inspector.EmulateMediaAsync(new() { ColorScheme = scheme });
                await inspector.GotoAsync(At(path));
                var found = await inspector.RunAxe();
                Assert.True(found.Violations.All(violation => violation.Impact is not ("serious" or "critical")), $"{path} in {scheme}: {Describe(found)}");
            }
        }
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));
    }

    [Fact]
    public async Task Html_of_mail_causes_no_request_to_anywhere()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync();
        var page = await running.SignInAsync(context);
        var elsewhere = new List<string>();
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(running.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                elsewhere.Add(request.Url);
        };
        var shown = 0;
        foreach (var path in await page.Locator(".row-subject").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"))
        {
            await page.GotoAsync(At(path + "?view=html"));
            shown += await page.Locator("iframe.mail-frame").CountAsync();
        }
        Assert.True(shown > 5, $"Only {shown} messages with HTML were found.");
        // A blocked request is announced and then fails; one that left would have an answer or a network error.
        Assert.All(elsewhere, url => Assert.Fail($"Asked for {url}"));
    }

    [Fact]
    public async Task The_keyboard_walks_the_list_opens_searches_and_helps()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync();
        var page = await running.SignInAsync(context);
        var links = await page.Locator(".row-subject").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        await PressAsync(page, "j");
        await PressAsync(page, "j");
        await PressAsync(page, "Enter");
        await Expect(page).ToHaveURLAsync(At(links[1]));
        await PressAsync(page, "j");
        await Expect(page).ToHaveURLAsync(At(links[2]));
        await PressAsync(page, "?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await PressAsync(page, "Escape");
        await PressAsync(page, "u");
        await Expect(page).ToHaveURLAsync(At("/"));
        await PressAsync(page, "/");
        await page.Keyboard.TypeAsync("parka");
        await PressAsync(page, "Enter");
        await Expect(page).ToHaveURLAsync(At("/?q=parka"));
    }

    [Fact]
    public async Task Mail_uploaded_in_one_window_appears_in_another_by_itself()
    {
        if (running.Browser is not { } browser)
            return;
        await using var context = await browser.NewContextAsync();
        var inbox = await running.SignInAsync(context);
        var import = await context.NewPageAsync();
        await import.GotoAsync(At("/import"));
        var subject = $"Where is parcel {Guid.NewGuid():N}?";
        var mail = $"From: Live Test <live@example.test>\r\nTo: support@example.test\r\nSubject: {subject}\r\nDate: {TimeProvider.System.GetUtcNow():r}\r\nMessage-ID: <{Guid.NewGuid():N}@example.test>\r\n\r\nMy parcel has not arrived. Where is it?\r\n";
        await import.SetInputFilesAsync("#files", new FilePayload { Name = "live.eml", MimeType = "message/rfc822", Buffer = System.Text.Encoding.UTF8.GetBytes(mail) });
        await import.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await Expect(import.Locator(".note-good")).ToContainTextAsync("1 new message", new() { Timeout = 20_000 });
        await inbox.BringToFrontAsync();
        await Expect(inbox.GetByText(subject)).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    /// <summary>A key pressed before the page listens is lost, as it is for a person.</summary>
    private static async Task PressAsync(IPage page, string key)
    {
        await Expect(page.Locator("html[data-scripted]")).ToBeAttachedAsync(new() { Timeout = 20_000 });
        await page.Keyboard.PressAsync(key);
    }

    private string At(string path) => new Uri(running.Address, path).ToString();

    private static string Describe(AxeResult found) => string.Join('\n', found.Violations.Select(violation => $"{violation.Impact} {violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}"));
}
