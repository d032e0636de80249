using System.Net.Http.Json;
using EmailOps.AppHost.Embedded;
using EmailOps.Core.Contracts;
using EmailOps.Tests.AppHost;
using EmailOps.Tests.Postgres;
using EmailOps.Web.SignIn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace EmailOps.Tests.Browser;

/// <summary>EmailOps as one process on free ports with the sample mailbox triaged, and a browser to look at it. One for all tests of a class.</summary>
public sealed class RunningConsole : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly PostgresFixture _postgres = new();
    private readonly StateFolderForTest _state = new();
    private EmbeddedHost? _host;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private int _people;

    /// <summary>Null when this machine has no browser: the tests then say so and return.</summary>
    public IBrowser? Browser => _browser;

    public Uri Address => _host!.WebAddress;

    /// <summary>Signs somebody new in: another link for the same name would give it a new password, and end what is signed in with the old one.</summary>
    public async Task<IPage> SignInAsync(IBrowserContext context, string? name = null)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(NewLink());
        await page.GetByLabel("Your name").FillAsync(name ?? $"Test Operator {Interlocked.Increment(ref _people)}");
        await page.GetByLabel("A password").FillAsync("a few words are good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Inbox", Level = 1 })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        return page;
    }

    /// <summary>A fresh way in.</summary>
    public string NewLink() => _host!.Web.Services.GetRequiredService<SignInLinks>().New().ToString();

    public async Task InitializeAsync()
    {
        if (Chromium.Find() is not { } chromium)
        {
            Console.WriteLine("SKIPPED, NO BROWSER: the browser tests need Chromium (apt-get install chromium fonts-dejavu-core, or EMAILOPS_CHROMIUM=path).");
            return;
        }
        _host = await EmbeddedHost.StartAsync(
            [$"ConnectionStrings:emailops={await _postgres.CreateDatabaseAsync()}", $"STATE_DIR={_state.Path}", "API_PORT=0", "WORKER_PORT=0", "WEB_PORT=0", "LOG_LEVEL=WARNING", "EMAILOPS_API_KEY=eo_browser-test"],
            _ => { });
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, chromium);
        // Two busy processors make a page wait; five seconds, the default, are then too short.
        Assertions.SetDefaultExpectTimeout(20_000);
        await TriagedAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    public void Dispose() => _state.Dispose();

    private async Task TriagedAsync()
    {
        using var api = new HttpClient { BaseAddress = _host!.ApiAddress };
        api.DefaultRequestHeaders.Add("X-Api-Key", "eo_browser-test");
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var page = await api.GetFromJsonAsync<MessagePage>("messages", ContractJson.Options);
            if (page is { Items.Count: > 0, Untriaged: 0 })
                return;
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                Assert.Fail($"The sample mailbox was not triaged within {Patience}: {page?.Items.Count} messages on the first page, {page?.Untriaged} not triaged.");
            await Task.Delay(200);
        }
    }
}
