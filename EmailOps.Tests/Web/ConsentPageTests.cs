using System.Net;
using AngleSharp.Html.Parser;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

/// <summary>A mailbox behind an API in the console: made without a password, signed in at the provider, its breaker forced.</summary>
public sealed class ConsentPageTests
{
    private static readonly (string Name, string Value)[] s_fields = [("Folders", "INBOX"), ("PollSeconds", "60"), ("HoldSeconds", "120"), ("AnswersPerCorrespondent", "3"), ("AnswersPerHour", "200")];

    private static AngleSharp.Html.Dom.IHtmlDocument Read(string html) => new HtmlParser().ParseDocument(html);

    [Fact]
    public async Task A_mailbox_is_made_without_a_password_and_its_owner_is_sent_to_the_provider_and_comes_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var made = await person.FollowAsync(await person.SubmitAsync("/mailboxes/new", "/mailboxes/connect", [("Address", "gmail@example.test"), ("Provider", "Gmail"), .. s_fields]));
        Assert.Contains("Now sign in at Gmail", made, StringComparison.Ordinal);
        Assert.DoesNotContain(console.Api.Asked, a => a is { Method: "POST", Path: "/mailboxes/test" or "/mailboxes/find" });
        Assert.Equal("Gmail", Read(await person.GetStringAsync("/mailboxes/2")).QuerySelector("select[name=Provider] option[selected]")!.GetAttribute("value"));

        // Forms lead nowhere else (form-action 'self'): a page with a link.
        using var going = await person.SubmitAsync("/mailboxes", "/mailboxes/2/sign-in");
        Assert.Equal(HttpStatusCode.OK, going.StatusCode);
        var link = Read(await going.Content.ReadAsStringAsync()).QuerySelector("a.primary")!.GetAttribute("href")!;
        Assert.StartsWith("https://accounts.google.test/o/oauth2/v2/auth?", link, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString("/mailboxes/signed-in"), link, StringComparison.Ordinal);

        Assert.Contains("Signed in at Gmail as gmail@example.test", await person.FollowAsync(await person.GetAsync("/mailboxes/signed-in?state=s&code=good")));
        Assert.Contains("consent was not given", await person.FollowAsync(await person.GetAsync("/mailboxes/signed-in?state=s&error=access_denied")));
        // Whoever may not set up mailboxes can neither begin nor end it.
        var viewer = await console.SignedInAsync("Vera", UserRole.Viewer);
        using var refused = await viewer.GetAsync("/mailboxes/signed-in?state=s&code=good");
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        Assert.DoesNotContain("/mailboxes", refused.Headers.Location?.OriginalString.Split('?')[0] ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_is_forced_by_a_form_and_says_so()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        await person.FollowAsync(await person.SubmitAsync("/mailboxes/1", "/mailboxes/save", [("Id", "1"), ("Version", "4"), ("Address", "support@nordlicht.example.test"), ("Provider", "Gmail"), .. s_fields]));
        Assert.Contains("Works", Read(await person.GetStringAsync("/mailboxes")).QuerySelector("tr[data-provider=gmail]")!.TextContent);
        var done = await person.FollowAsync(await person.SubmitAsync("/mailboxes", "/mailboxes/providers/breaker", ("provider", "gmail"), ("force", "Open")));
        Assert.Contains("gmail is asked nothing", done, StringComparison.Ordinal);
        Assert.Contains("Held open by Mara Ek", Read(done).QuerySelector("tr[data-provider=gmail]")!.TextContent);
        Assert.Contains(console.Api.Asked, a => a is { Method: "PUT", Path: "/providers/gmail/breaker" });
    }
}
