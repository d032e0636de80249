namespace EmailOps.Tests.Worker;

/// <summary>A PostgreSQL of its own that a test may stop and start.</summary>
public sealed class OwnCluster : IAsyncLifetime
{
    private Benchmarks.Chaos.OwnCluster _cluster = null!;

    internal string ConnectionString => _cluster.ConnectionString;

    public async Task InitializeAsync() => _cluster = await Benchmarks.Chaos.OwnCluster.StartAsync();

    /// <summary>As when the server is killed: nothing is tidied up, the next start recovers from the log.</summary>
    internal Task StopAsync() => _cluster.StopAsync();

    internal Task StartAsync() => _cluster.RestartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();
}
