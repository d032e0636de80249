using System.Net;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Web;
using EmailOps.Web;
using EmailOps.Web.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Deploy;

/// <summary>Several console processes in front of one Api, without a folder that they share: whoever is let in by one is known to all.</summary>
public sealed class ConsoleProcessesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_link_works_at_any_process_and_once_for_all_of_them_and_so_does_the_cookie()
    {
        await using var api = await TestHosts.ApiAsync(await postgres.CreateDatabaseAsync());
        await using var first = await ConsoleAsync(api);
        await using var second = await ConsoleAsync(api);
        var link = first.Services.GetRequiredService<SignInLinks>().New();

        using var person = Browser(second);
        using var letIn = await SignInAsync(person, link);
        Assert.Equal(("/", HttpStatusCode.Redirect), (letIn.Headers.Location!.ToString(), letIn.StatusCode));

        using var thief = Browser(first);
        using var refused = await SignInAsync(thief, link);
        Assert.Equal("/sign-in?refused=true", refused.Headers.Location!.ToString());

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(first.Address(), "/"));
        request.Headers.Add("Cookie", letIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("emailops=", StringComparison.Ordinal)).Split(';')[0]);
        using var stranger = Browser(first);
        Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(-1)]
    public void A_link_that_was_changed_is_none(int at)
    {
        using var console = WebHost.Create(["--urls=http://127.0.0.1:0", $"--EMAILOPS_API_KEY={TestHosts.Key}", "--WEB_BANNER=false"]).Services.CreateScope();
        var links = console.ServiceProvider.GetRequiredService<SignInLinks>();
        var token = links.New().Query["?token=".Length..].ToCharArray();
        Assert.True(links.IsOpen(new string(token)));
        var changed = at < 0 ? token.Length - 2 : at;
        token[changed] = token[changed] == 'A' ? 'B' : 'A';
        Assert.False(links.IsOpen(new string(token)));
        Assert.False(links.Redeem(new string(token)));
    }

    private static async Task<WebApplication> ConsoleAsync(WebApplication api)
    {
        var web = WebHost.Create(["--urls=http://127.0.0.1:0", $"--services:api:http:0={api.Address()}", $"--EMAILOPS_API_KEY={TestHosts.Key}", "--WEB_BANNER=false", "--LOG_LEVEL=ERROR"]);
        await web.StartAsync();
        return web;
    }

    private static HttpClient Browser(WebApplication console) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = console.Address() };

    private static Task<HttpResponseMessage> SignInAsync(HttpClient browser, Uri link) => browser.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", "Ada"), ("password", "a few words are good"));
}
