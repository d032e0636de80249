using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Hosts;

/// <summary>Tests of the real Api and two real workers on one database, new for each; the workers hear of changes by announcements only.</summary>
public abstract class TwoWorkers(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly List<WebApplication> _workers = [];
    private WebApplication _api = null!;

    private protected TestStore Store { get; private set; } = null!;
    private protected IReadOnlyList<WebApplication> Workers => _workers;
    private protected ApiCaller Caller { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(postgres);
        _api = await TestHosts.ApiAsync(Store.ConnectionString);
        // Long enough that only an announcement explains a change.
        for (var i = 0; i < 2; i++) _workers.Add(await TestHosts.WorkerAsync(Store.ConnectionString, "--Triage:RefreshEvery=01:00:00"));
        Caller = new ApiCaller(_api.Address(), TestHosts.Key);
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        foreach (var host in _workers.Append(_api))
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }
        await Store.DisposeAsync();
    }
}
