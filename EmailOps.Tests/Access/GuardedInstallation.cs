using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Web;
using EmailOps.Web;
using EmailOps.Web.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Access;

/// <summary>The real Api behind the real console on an empty database: one for all attacks. Each test makes its own people.</summary>
public sealed class GuardedInstallation : IAsyncLifetime
{
    public const string Password = "a few words are good";
    private readonly PostgresFixture _postgres = new();
    private int _made;

    internal WebApplication Api { get; private set; } = null!;
    internal WebApplication Web { get; private set; } = null!;
    internal TestStore Store { get; private set; } = null!;
    /// <summary>With the installation's key.</summary>
    internal ApiCaller Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(_postgres);
        // Locks are looked at with many attempts from one address, which is that of every test.
        Api = await TestHosts.ApiAsync(Store.ConnectionString, "--Intake:MaxMessageBytes=300000", "--Access:AttemptsPerAddress=10000", "--Access:RequestsPerMinute=600");
        Owner = new ApiCaller(Api.Address(), TestHosts.Key);
        Web = WebHost.Create(["--urls=http://127.0.0.1:0", $"--services:api:http:0={Api.Address()}", $"--EMAILOPS_API_KEY={TestHosts.Key}", "--WEB_BANNER=false", "--LOG_LEVEL=ERROR", "--WEB_UPLOAD_LIMIT_MB=1"]);
        await Web.StartAsync();
    }

    /// <summary>Somebody who has chosen a password, with a name of his own.</summary>
    internal async Task<UserView> PersonAsync(UserRole role, string? name = null)
    {
        var users = Store.Get<UserStore>();
        var written = await users.AddAsync(name ?? $"{role} {Interlocked.Increment(ref _made)}", role, "test", CancellationToken.None);
        await users.SetPasswordAsync(written.Id, RunLogs.Secret(Password), "test", CancellationToken.None);
        return (await users.FindAsync(written.Id, CancellationToken.None))!;
    }

    /// <summary>A session as the console gets one.</summary>
    internal async Task<SignedIn> SessionAsync(UserView person) => await Owner.SendAsync<SignedIn>(HttpMethod.Post, AccessRoutes.SignIn, new PasswordSignIn(person.Name, Password, "192.0.2.1"));

    /// <summary>Asks the Api with that key or session.</summary>
    internal ApiCaller With(string? key) => new(Api.Address(), key);

    /// <summary>A browser without script: keeps cookies, follows nothing.</summary>
    internal HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = Web.Address() };

    internal async Task<HttpClient> BrowserAsync(UserView person)
    {
        var browser = Browser();
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", person.Name), ("password", Password));
        Assert.Equal("/", answer.Headers.Location?.ToString());
        return browser;
    }

    internal Uri NewLink() => Web.Services.GetRequiredService<SignInLinks>().New();

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        await Web.DisposeAsync();
        await Api.StopAsync();
        await Api.DisposeAsync();
        await Store.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
