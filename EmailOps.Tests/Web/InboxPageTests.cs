using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Web;

public sealed class InboxPageTests
{
    [Fact]
    public async Task The_address_is_the_filter_and_the_tabs_keep_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/?decision=Suggest&category=returns&priority=4&language=fr&q=bottes");
        var asked = console.Api.Asked.Last(asked => asked.Path.StartsWith("/messages?", StringComparison.Ordinal)).Path;
        Assert.Equal("/messages?decision=Suggest&category=returns&priority=4&language=fr&q=bottes&take=50", asked);
        Assert.Equal("Retour d'une paire de bottes, taille 39", Assert.Single(page.QuerySelectorAll(".row-subject")).TextContent);
        Assert.Equal("/?decision=Escalate&category=returns&priority=4&language=fr&q=bottes", page.QuerySelectorAll(".tabs a").Single(tab => tab.TextContent.StartsWith("Escalated", StringComparison.Ordinal)).GetAttribute("href"));
        Assert.StartsWith("Suggested", page.QuerySelector(".tabs a[aria-current=page]")!.TextContent);
        Assert.Equal("bottes", page.QuerySelector("input[name=q]")!.GetAttribute("value"));
        Assert.Equal("returns", page.QuerySelector("select[name=category] option[selected]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task What_an_address_cannot_mean_is_left_out()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await OpenAsync(console, "/?decision=Dance&priority=99&mailbox=x&untriaged=maybe&q=%20");
        Assert.Equal("/messages?take=50", console.Api.Asked.Last(asked => asked.Path.StartsWith("/messages?", StringComparison.Ordinal)).Path);
    }

    [Fact]
    public async Task Words_of_strangers_stay_words()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var page = await OpenAsync(console, "/");
        Assert.Contains(page.QuerySelectorAll(".row-subject"), subject => subject.TextContent == "Your mailbox will be closed <script>alert(1)</script>");
        Assert.DoesNotContain(page.QuerySelectorAll("script"), script => script.TextContent.Contains("alert", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Older_messages_are_a_link_away_and_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var first = await OpenAsync(console, "/");
        Assert.Equal(50, first.QuerySelectorAll(".row").Length);
        var second = await OpenAsync(console, first.QuerySelector(".pager a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(console.Api.Messages.Count - 50, second.QuerySelectorAll(".row").Length);
        Assert.Equal("/", second.QuerySelector(".pager a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task An_empty_mailbox_says_how_to_get_mail()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        console.Api.Clear();
        var empty = (await OpenAsync(console, "/")).QuerySelector(".empty")!;
        Assert.Contains("No mail yet", empty.TextContent);
        Assert.Contains("emailops import PATH", empty.TextContent);
        Assert.NotNull(empty.QuerySelector("a[href='/import']"));
    }

    [Fact]
    public async Task An_empty_tab_is_good_news_and_an_empty_filter_can_be_cleared()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        foreach (var message in console.Api.Messages.Where(message => message.Message.Decision == DecisionKind.Escalate))
            console.Api.Change(detail => detail.Message.Id == message.Message.Id, detail => detail with { Message = detail.Message with { Decision = DecisionKind.File } });
        Assert.Contains("Nothing is escalated", (await OpenAsync(console, "/?decision=Escalate")).QuerySelector(".empty")!.TextContent);
        var filtered = (await OpenAsync(console, "/?decision=Suggest&q=zzz")).QuerySelector(".empty")!;
        Assert.Contains("Nothing matches", filtered.TextContent);
        Assert.NotNull(filtered.QuerySelector("a[href='/?decision=Suggest']"));
    }

    public static TheoryData<string> PagesWithData => new("/", "/messages/1", "/import", "/outbox", "/problems", "/knowledge", "/knowledge/1", "/status");

    [Theory]
    [MemberData(nameof(PagesWithData))]
    public async Task When_the_api_is_away_a_page_says_so_and_what_to_check(string path)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        await console.Api.DisposeAsync();
        var answer = await person.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        var problem = Assert.Single(new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelectorAll(".problem"));
        Assert.Contains("The Api does not answer", problem.TextContent);
        Assert.Contains(console.Api.Address, problem.TextContent);
        Assert.Contains("services__api__http__0", problem.TextContent);
        Assert.Equal(path, problem.QuerySelector("a.button")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData(401, "", "text/plain", "EMAILOPS_API_KEY")]
    [InlineData(200, "<html>a proxy's page</html>", "application/json", "same version")]
    [InlineData(500, "boom", "text/plain", "It answered 500")]
    [InlineData(500, "{\"title\":\"The store is away\",\"detail\":\"PostgreSQL does not answer.\"}", "application/problem+json", "PostgreSQL does not answer.")]
    [InlineData(500, "{\"title\":", "application/problem+json", "could not be read")]
    public async Task Whatever_the_api_answers_is_shown_in_words(int status, string body, string type, string expected)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        console.Api.Failure = (status, body, type);
        var answer = await person.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains(expected, new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector(".problem")!.TextContent);
    }

    [Fact]
    public async Task The_theme_is_chosen_without_script_and_stays()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var answer = await person.SubmitAsync("/status", "/theme", ("theme", "dark"), ("returnUrl", "/status"));
        Assert.Equal("/status", answer.Headers.Location?.ToString());
        Assert.Equal("dark", new HtmlParser().ParseDocument(await person.GetStringAsync("/")).DocumentElement.GetAttribute("data-theme"));
    }

    private static async Task<IDocument> OpenAsync(ConsoleUnderTest console, string path) =>
        new HtmlParser().ParseDocument(await (await console.SignedInAsync()).GetStringAsync(path));
}
