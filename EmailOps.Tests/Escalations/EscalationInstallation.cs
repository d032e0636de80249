using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using EmailOps.Tests.Access;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Web;
using EmailOps.Web;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Escalations;

/// <summary>A store whose stages the test runs, with Api and console before it. One for two classes.</summary>
public sealed class EscalationInstallation : IAsyncLifetime
{
    public const string Name = "Escalations";
    private WebApplication _api = null!, _web = null!;

    internal EscalationsUnderTest Under { get; } = new();
    internal ApiCaller Caller { get; private set; } = null!;
    internal ApiCaller Stranger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Under.InitializeAsync();
        _api = await TestHosts.ApiAsync(Under.Store.ConnectionString, "--OUTGOING_ALLOW=127.0.0.1");
        (Caller, Stranger) = (new ApiCaller(_api.Address(), TestHosts.Key), new ApiCaller(_api.Address(), null));
        _web = WebHost.Create(["--urls=http://127.0.0.1:0", $"--services:api:http:0={_api.Address()}", $"--EMAILOPS_API_KEY={TestHosts.Key}", "--WEB_BANNER=false", "--LOG_LEVEL=ERROR"]);
        await _web.StartAsync();
    }

    /// <summary>A browser without script that nobody signed in with.</summary>
    internal HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = _web.Address() };

    internal async Task<HttpClient> SignedInAsync(UserRole role)
    {
        var users = Under.Store.Get<UserStore>();
        var name = $"{role} {Guid.NewGuid():N}"[..20];
        var made = await users.AddAsync(name, role, "test", CancellationToken.None);
        await users.SetPasswordAsync(made.Id, GuardedInstallation.Password, "test", CancellationToken.None);
        var browser = Browser();
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", name), ("password", GuardedInstallation.Password));
        Assert.Equal("/", answer.Headers.Location?.ToString());
        return browser;
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        Stranger.Dispose();
        await _web.DisposeAsync();
        await _api.StopAsync();
        await _api.DisposeAsync();
        await Under.DisposeAsync();
    }
}

[CollectionDefinition(EscalationInstallation.Name)]
public sealed class EscalationInstallationTests : ICollectionFixture<EscalationInstallation>;
