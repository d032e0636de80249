using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Hosts;

/// <summary>An Api without a worker on an empty database with one mailbox.</summary>
public sealed class ApiInstallation : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    internal WebApplication Api { get; private set; } = null!;
    internal TestStore Store { get; private set; } = null!;
    internal ApiCaller Caller { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(_postgres);
        Api = await TestHosts.ApiAsync(Store.ConnectionString, "--Intake:MaxMessageBytes=300000");
        Caller = new ApiCaller(Api.Address(), TestHosts.Key);
    }

    internal ApiCaller With(string? key) => new(Api.Address(), key);

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Api.StopAsync();
        await Api.DisposeAsync();
        await Store.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
