using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Web.StandIn;
using EmailOps.Web;
using EmailOps.Web.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Web;

/// <summary>The real console on a free port, in front of a stand-in Api.</summary>
internal sealed class ConsoleUnderTest : IAsyncDisposable
{
    public const string Key = "eo_test-key";

    private readonly List<HttpClient> _clients = [];

    private ConsoleUnderTest(StandInApi api, WebApplication web)
    {
        Api = api;
        Web = web;
        Address = new Uri(web.Urls.First());
    }

    public StandInApi Api { get; }

    public WebApplication Web { get; }

    public Uri Address { get; }

    public SignInLinks Links => Web.Services.GetRequiredService<SignInLinks>();

    public static async Task<ConsoleUnderTest> StartAsync(params string[] more)
    {
        var api = await StandInApi.StartAsync();
        var web = WebHost.Create(["--urls=http://127.0.0.1:0", $"--services:api:http:0={api.Address}", $"--EMAILOPS_API_KEY={Key}", "--WEB_BANNER=false", "--LOG_LEVEL=WARNING", .. more]);
        await web.StartAsync();
        return new ConsoleUnderTest(api, web);
    }

    /// <summary>A browser without script: keeps cookies, does not follow redirects.</summary>
    public HttpClient Stranger()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = Address };
        _clients.Add(client);
        return client;
    }

    public async Task<HttpClient> SignedInAsync(string name = "Mara Ek", UserRole role = UserRole.Admin)
    {
        Api.Access.Roles[name] = role;
        var client = Stranger();
        var link = Links.New();
        var answer = await client.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", name), ("password", StandInAccess.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Web.DisposeAsync();
        await Api.DisposeAsync();
    }
}
