using System.Net;
using AngleSharp.Html.Parser;

namespace EmailOps.Tests.Web;

public sealed class MailboxPageTests
{
    private const string Secret = "typed-by-somebody";

    private static AngleSharp.Html.Dom.IHtmlDocument Read(string html) => new HtmlParser().ParseDocument(html);

    [Fact]
    public async Task The_list_says_how_reading_goes_with_folders_and_what_is_missing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = Read(await (await console.SignedInAsync()).GetStringAsync("/mailboxes"));
        var card = page.QuerySelector(".mailbox")!;
        Assert.Contains("support@nordlicht.example.test", card.QuerySelector("h2")!.TextContent);
        Assert.Contains("Watching, 1 message missing", card.TextContent);
        Assert.Contains("1,204", card.QuerySelector("table")!.TextContent);
        Assert.Contains("The folder does not exist.", card.TextContent);
        Assert.NotNull(page.QuerySelector(".sidebar a[href='/mailboxes'][aria-current=page]"));
    }

    [Fact]
    public async Task A_mailbox_is_paused_and_checked_by_forms()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        Assert.Contains("Paused support@nordlicht", await person.FollowAsync(await person.SubmitAsync("/mailboxes", "/mailboxes/1/enabled", ("version", "4"), ("enabled", "false"))));
        Assert.Contains(console.Api.Asked, a => a is { Method: "PUT", Path: "/mailboxes/1/settings", IfMatch: "\"4\"" });
        Assert.Contains("compared with ours", await person.FollowAsync(await person.SubmitAsync("/mailboxes", "/mailboxes/1/check")));
        // Somebody else was faster: nothing is changed, and the page says so.
        Assert.Contains("Changed meanwhile", await person.FollowAsync(await person.SubmitAsync("/mailboxes", "/mailboxes/1/enabled", ("version", "4"), ("enabled", "true"))));
    }

    [Fact]
    public async Task An_address_and_a_password_are_enough()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = Read(await person.GetStringAsync("/mailboxes/new"));
        Assert.Null(page.QuerySelector("details.more")!.GetAttribute("open"));
        Assert.True(page.QuerySelector("button[formaction='/mailboxes/save']")!.HasAttribute("hidden"));
        var done = await person.SubmitAsync("/mailboxes/new", "/mailboxes/connect", Fields(("Address", "new@found.test"), ("Password", Secret)));
        Assert.Contains("Saved new@found.test", await person.FollowAsync(done));
        Assert.Equal(["/mailboxes/find", "/mailboxes/test", "/mailboxes"], console.Api.Asked.Where(a => a.Method == "POST" && a.Path.StartsWith("/mailboxes", StringComparison.Ordinal)).Select(a => a.Path));
    }

    [Fact]
    public async Task A_failed_test_shows_the_fix_keeps_what_was_typed_but_no_password_and_saves_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        using var answer = await person.SubmitAsync("/mailboxes/new", "/mailboxes/connect", Fields(("Address", "new@found.test"), ("Password", "wrong"), ("Name", "Mine <&>"), ("HoldSeconds", "77")));
        var html = await answer.Content.ReadAsStringAsync();
        var page = Read(html);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Enter the password again.", page.QuerySelector(".step-bad .step-fix")!.TextContent);
        Assert.Contains("<b>no</b>", page.QuerySelector(".step-bad .step-words")!.TextContent); // as text
        Assert.Equal(("new@found.test", "Mine <&>", "77", "imap.found.test"), (Value("Address"), Value("Name"), Value("HoldSeconds"), Value("ImapHost")));
        Assert.Equal("", Value("Password"));
        Assert.DoesNotContain("value=\"wrong\"", html, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("details.more[open]"));
        Assert.NotNull(page.QuerySelector(".sidebar a[href='/outbox']")); // a page answered from a form has the console around it
        Assert.False(page.QuerySelector("button[formaction='/mailboxes/save']")!.HasAttribute("hidden"));
        Assert.DoesNotContain(console.Api.Asked, a => a is { Method: "POST", Path: "/mailboxes" });

        string? Value(string name) => page.QuerySelector($"input[name={name}]")!.GetAttribute("value") ?? "";
    }

    [Fact]
    public async Task Servers_are_found_by_the_address_or_the_page_says_where_to_look()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var found = Read(await (await person.SubmitAsync("/mailboxes/new", "/mailboxes/find", Fields(("Address", "a@found.test")))).Content.ReadAsStringAsync());
        Assert.Equal("smtp.found.test", found.QuerySelector("input[name=SmtpHost]")!.GetAttribute("value"));
        Assert.Null(found.QuerySelector("input[name=SaveSent]")!.GetAttribute("checked"));
        Assert.Contains("Found Mail", found.QuerySelector("[data-report]")!.TextContent);
        var none = Read(await (await person.SubmitAsync("/mailboxes/new", "/mailboxes/connect", Fields(("Address", "a@nowhere.test"), ("Password", Secret)))).Content.ReadAsStringAsync());
        Assert.Contains("Enter them under More", none.QuerySelector("[data-report]")!.TextContent);
    }

    [Fact]
    public async Task What_the_environment_decides_cannot_be_typed_over()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = Read(await (await console.SignedInAsync()).GetStringAsync("/mailboxes/1"));
        Assert.NotNull(page.QuerySelector("input[name=ImapHost][readonly]"));
        Assert.NotNull(page.QuerySelector("input[name=Password][disabled]"));
        Assert.Null(page.QuerySelector("input[name=SmtpHost][readonly]"));
        Assert.Contains("The environment decides here: EMAIL_IMAP_HOST, EMAIL_PASSWORD", page.QuerySelector(".form-card")!.TextContent);
    }

    [Fact]
    public async Task A_conflict_keeps_the_form_and_a_missing_mailbox_is_not_found()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        using var conflict = await person.SubmitAsync("/mailboxes/1", "/mailboxes/save", Fields(("Id", "1"), ("Version", "3"), ("Address", "support@nordlicht.example.test"), ("ImapHost", "imap.nordlicht.example.test"), ("PollSeconds", "33")));
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        var page = Read(await conflict.Content.ReadAsStringAsync());
        Assert.Contains("Somebody changed", page.QuerySelector("[data-report]")!.TextContent);
        Assert.Equal("33", page.QuerySelector("input[name=PollSeconds]")!.GetAttribute("value"));
        using var taken = await person.SubmitAsync("/mailboxes/new", "/mailboxes/save", Fields(("Address", "taken@example.test"), ("ImapHost", "x.example.test")));
        Assert.Contains("already", await taken.Content.ReadAsStringAsync());
        using var missing = await person.GetAsync("/mailboxes/77");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task When_a_language_model_is_asked_and_what_it_may_cost_is_chosen_saved_and_shown_again()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var page = Read(await person.GetStringAsync("/mailboxes/1"));
        Assert.Equal(("WhenUnsure", null, "5"), (page.QuerySelector("select[name=ModelUse] option[selected]")!.GetAttribute("value"), Value(page, "ModelTokensPerDay"), Value(page, "ModelMoneyPerDay")));
        Assert.Contains("never shown to a language model", page.QuerySelector(".form-card")!.TextContent);
        await person.FollowAsync(await person.SubmitAsync("/mailboxes/1", "/mailboxes/save", Fields(("Id", "1"), ("Version", "4"), ("Address", "support@nordlicht.example.test"), ("ImapHost", "imap.nordlicht.example.test"),
            ("ModelUse", "Always"), ("ModelTokensPerDay", "250000"), ("ModelMoneyPerDay", ""))));
        page = Read(await person.GetStringAsync("/mailboxes/1"));
        Assert.Equal(("Always", "250000", null), (page.QuerySelector("select[name=ModelUse] option[selected]")!.GetAttribute("value"), Value(page, "ModelTokensPerDay"), Value(page, "ModelMoneyPerDay")));

        static string? Value(AngleSharp.Html.Dom.IHtmlDocument page, string name) => page.QuerySelector($"input[name={name}]")!.GetAttribute("value") is { Length: > 0 } value ? value : null;
    }

    [Fact]
    public async Task Nobody_gets_in_without_signing_in_or_posts_without_a_token()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var stranger = await console.Stranger().GetAsync("/mailboxes");
        Assert.Equal(HttpStatusCode.Redirect, stranger.StatusCode);
        var person = await console.SignedInAsync();
        foreach (var path in (string[])["/mailboxes/connect", "/mailboxes/test", "/mailboxes/save", "/mailboxes/find", "/mailboxes/1/enabled", "/mailboxes/1/check"])
        {
            using var refused = await person.PostAsync(path, new FormUrlEncodedContent(Fields(("Address", "a@b.test")).Select(f => KeyValuePair.Create(f.Name, f.Value))));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        Assert.DoesNotContain(console.Api.Asked, a => a.Method is "POST" or "PUT" && a.Path.StartsWith("/mailboxes", StringComparison.Ordinal));
    }

    /// <summary>What a browser sends of the untouched form, with some of it changed.</summary>
    private static (string Name, string Value)[] Fields(params (string Name, string Value)[] changed)
    {
        (string Name, string Value)[] untouched = [("Id", "0"), ("Version", "0"), ("Address", ""), ("Password", ""), ("Name", ""), ("ImapHost", ""), ("ImapPort", "993"), ("ImapSecurity", "Tls"), ("ImapAuthentication", "Password"),
            ("SmtpHost", ""), ("SmtpPort", "587"), ("SmtpSecurity", "StartTls"), ("SmtpAuthentication", "Password"), ("Folders", "INBOX"), ("AfterStored", "Leave"), ("PollSeconds", "60"), ("SaveSent", "true"),
            ("HoldSeconds", "120"), ("AnswersPerCorrespondent", "3"), ("AnswersPerHour", "200")];
        return [.. untouched.Where(u => changed.All(c => c.Name != u.Name)), .. changed];
    }
}
