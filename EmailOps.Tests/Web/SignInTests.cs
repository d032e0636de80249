using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Web.StandIn;
using EmailOps.Web;
using EmailOps.Web.SignIn;

namespace EmailOps.Tests.Web;

public sealed class SignInTests
{
    [Fact]
    public async Task Opening_the_link_does_not_use_it_up_but_signing_in_does()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var link = console.Links.New();
        using var previewer = new HttpClient();
        Assert.Contains("Welcome", await previewer.GetStringAsync(link));
        Assert.Contains("Welcome", await previewer.GetStringAsync(link));

        var token = link.Query["?token=".Length..];
        var person = console.Stranger();
        var first = await person.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", token), ("name", "Mara"), ("password", StandInAccess.Password));
        Assert.Equal("/", first.Headers.Location?.ToString());
        Assert.Contains("Inbox", await person.GetStringAsync("/"));

        var thief = console.Stranger();
        var page = await thief.GetStringAsync(link.PathAndQuery);
        Assert.Contains("does not work any more", page);
        Assert.Contains("prints a link at every start", page);
    }

    [Fact]
    public async Task A_link_signs_in_one_of_many_who_use_it_at_the_same_moment()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var link = console.Links.New();
        var token = link.Query["?token=".Length..];
        var people = Enumerable.Range(0, 8).Select(_ => console.Stranger()).ToArray();
        var answers = await Task.WhenAll(people.Select(person => person.SubmitAsync("/sign-in?token=" + console.Links.New().Query["?token=".Length..], "/sign-in", ("token", token), ("password", StandInAccess.Password))));
        Assert.Single(answers, answer => answer.Headers.Location?.ToString() == "/");
    }

    [Fact]
    public async Task A_wrong_link_explains_how_to_get_a_right_one()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = console.Stranger();
        var page = await person.GetStringAsync("/sign-in?token=AAAA");
        Assert.Contains("does not work any more", page);
        Assert.Contains("New sign-in link", page);
    }

    [Theory]
    [InlineData("https://evil.example.test/")]
    [InlineData("//evil.example.test/")]
    [InlineData("/\\evil.example.test/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\t/evil.example.test")]
    public async Task After_signing_in_nobody_is_led_out_of_the_console(string returnUrl)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var link = console.Links.New();
        var answer = await console.Stranger().SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("returnUrl", returnUrl), ("password", StandInAccess.Password));
        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task After_signing_in_the_page_that_was_wanted_opens()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = console.Stranger();
        var turnedAway = await person.GetAsync("/messages/3?view=html");
        Assert.Equal("/sign-in?returnUrl=%2Fmessages%2F3%3Fview%3Dhtml", turnedAway.Headers.Location?.ToString());
        var link = console.Links.New();
        var answer = await person.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("returnUrl", "/messages/3?view=html"), ("password", StandInAccess.Password));
        Assert.Equal("/messages/3?view=html", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_cookie_is_for_the_browser_only_and_stays_on_this_site()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var link = console.Links.New();
        var answer = await console.Stranger().SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("password", StandInAccess.Password));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("emailops=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
    }

    [Fact]
    public async Task A_cookie_opens_any_console_of_the_installation_while_its_session_is_open_and_none_after()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var link = console.Links.New();
        var answer = await console.Stranger().SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("password", StandInAccess.Password));
        var cookie = answer.Headers.GetValues("Set-Cookie").First(value => value.StartsWith("emailops=", StringComparison.Ordinal)).Split(';')[0];
        // Another process with the same key and the same Api, as after a restart.
        await using var again = WebHost.Create(["--urls=http://127.0.0.1:0", $"--services:api:http:0={console.Api.Address}", $"--EMAILOPS_API_KEY={ConsoleUnderTest.Key}", "--WEB_BANNER=false", "--LOG_LEVEL=WARNING"]);
        await again.StartAsync();
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(again.Urls.First()) };
        browser.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).StatusCode);

        console.Api.Access.Sessions.Clear();
        var ended = await browser.GetAsync("/");
        Assert.StartsWith("/sign-in", ended.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Contains(ended.Headers.GetValues("Set-Cookie"), value => value.StartsWith("emailops=;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_password_people_come_in_and_a_wrong_one_says_no_more_than_that()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = console.Stranger();
        var wrong = await person.SubmitAsync("/sign-in?returnUrl=%2Foutbox", "/sign-in", ("name", "Mara"), ("password", "not this one"), ("returnUrl", "/outbox"));
        Assert.Equal("/sign-in?returnUrl=%2Foutbox", wrong.Headers.Location?.ToString());
        Assert.Contains("Name or password are wrong.", await person.GetStringAsync(wrong.Headers.Location));
        var right = await person.SubmitAsync("/sign-in?returnUrl=%2Foutbox", "/sign-in", ("name", "Mara"), ("password", StandInAccess.Password), ("returnUrl", "/outbox"));
        Assert.Equal("/outbox", right.Headers.Location?.ToString());
        Assert.All(console.Api.Asked.Where(asked => asked.Path == "/sign-in"), asked => Assert.Equal(ConsoleUnderTest.Key, asked.Key));
        Assert.Contains("Outbox", await person.GetStringAsync("/outbox"));
    }

    [Fact]
    public async Task A_role_that_was_changed_counts_with_the_next_page()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync("Vic", UserRole.Viewer);
        var page = await person.GetStringAsync("/status");
        Assert.Contains("data-role=\"viewer\"", page);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.SubmitAsync("/status", "/status/trigger")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/access")).StatusCode);
        console.Api.Access.Roles["Vic"] = UserRole.Operator;
        Assert.Contains("data-role=\"operator\"", await person.GetStringAsync("/status"));
        Assert.Equal(HttpStatusCode.Redirect, (await person.SubmitAsync("/status", "/status/trigger")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.SubmitAsync("/status", "/sign-in-links")).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        var answer = await person.SubmitAsync("/", "/sign-out");
        Assert.Contains("You are signed out", await person.FollowAsync(answer));
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task An_operator_can_make_a_link_for_a_colleague()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var answer = await (await console.SignedInAsync()).SubmitAsync("/status", "/sign-in-links");
        var page = await answer.Content.ReadAsStringAsync();
        var start = page.IndexOf("/sign-in?token=", StringComparison.Ordinal);
        Assert.True(start > 0, "The page shows no link.");
        Assert.Contains("Welcome", await console.Stranger().GetStringAsync(page[start..page.IndexOf('"', start)]));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("eo_wrong", HttpStatusCode.Unauthorized)]
    [InlineData(ConsoleUnderTest.Key, HttpStatusCode.OK)]
    public async Task The_command_line_gets_a_link_by_the_api_key_only(string? key, HttpStatusCode expected)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in-links/by-key");
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);
        var answer = await console.Stranger().SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.OK)
            Assert.Contains("/sign-in?token=", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("link").GetString());
    }

    [Fact]
    public void A_link_ends_after_its_lifetime()
    {
        // Links are judged by the clock of their own host; here it is one we can turn.
        var clock = new TurnableClock();
        var links = new SignInLinks(clock, new NoServer(), Microsoft.Extensions.Options.Options.Create(new EmailOps.Web.WebOptions { PublicUrl = "https://mail.example.test" }));
        var link = links.New();
        Assert.StartsWith("https://mail.example.test/sign-in?token=", link.ToString());
        var token = link.Query["?token=".Length..];
        Assert.True(links.IsOpen(token));
        clock.Now += SignInLinks.Lifetime;
        Assert.False(links.IsOpen(token));
        Assert.False(links.Redeem(token));
    }

    [Theory]
    [InlineData("  Łukasz O'Neil-Žák  ", "Łukasz O'Neil-Žák")]
    [InlineData("<b>Eve</b>", "bEveb")]
    [InlineData("a\r\nX-Evil: 1", "aX-Evil 1")]
    [InlineData("", "operator")]
    [InlineData(null, "operator")]
    [InlineData("\u202Eevil", "evil")]
    public void A_name_keeps_letters_and_loses_what_could_harm(string? typed, string expected) => Assert.Equal(expected, OperatorName.Clean(typed));

    [Fact]
    public async Task The_operators_name_reaches_the_api_with_all_its_letters()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync("Łukasz Žák");
        await person.GetStringAsync("/outbox");
        var asked = Assert.Single(console.Api.Asked, asked => asked.Path.StartsWith("/outbound?take=200", StringComparison.Ordinal));
        Assert.Equal("Łukasz Žák", asked.Operator);
        // Not with the console's key, which may everything.
        Assert.Equal(console.Api.Access.Sessions.Single(s => s.Value == "Łukasz Žák").Key, asked.Key);
    }
}
