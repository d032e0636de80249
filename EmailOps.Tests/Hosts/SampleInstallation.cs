using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Hosts;

/// <summary>Api and worker on one database, with the sample mailbox loaded and decided. Shared: a test changes only messages it takes for itself.</summary>
public sealed class SampleInstallation : IAsyncLifetime
{
    public const string Name = "Sample installation";
    private readonly PostgresFixture _postgres = new();
    private int _taken;

    internal WebApplication Api { get; private set; } = null!;
    internal WebApplication Worker { get; private set; } = null!;
    internal TestStore Store { get; private set; } = null!;
    internal ApiCaller Caller { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var database = await _postgres.CreateDatabaseAsync();
        Worker = await TestHosts.WorkerAsync(database, "--Samples:Load=true");
        Api = await TestHosts.ApiAsync(database);
        Caller = new ApiCaller(Api.Address(), TestHosts.Key);
        Store = await TestStore.OpenAsync(database);
        await Wait.UntilAsync(() => Store.AskAsync<bool>("select exists (select from installation where key = 'samples-loaded') and not exists (select from work_item where died_at is null)"), "the samples are loaded and decided", seconds: 120);
    }

    /// <summary>A message with a proposed draft that no other test has.</summary>
    internal async Task<long> TakeProposedAsync()
    {
        var proposed = await Store.ColumnAsync<long>("select min(m.id) from message m join draft d on d.message_id = m.id group by m.id having count(*) = 1 and min(d.state) = 'Proposed' and min(d.version) = 1 order by 1");
        return proposed[proposed.Count - 1 - Interlocked.Increment(ref _taken) % Math.Min(10, proposed.Count)];
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Store.DisposeAsync();
        await Api.StopAsync();
        await Api.DisposeAsync();
        await Worker.StopAsync();
        await Worker.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

[CollectionDefinition(SampleInstallation.Name)]
public sealed class SampleInstallationTests : ICollectionFixture<SampleInstallation>;
