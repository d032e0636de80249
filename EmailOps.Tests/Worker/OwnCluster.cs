using EmailOps.AppHost.Postgres;
using Npgsql;

namespace EmailOps.Tests.Worker;

/// <summary>A PostgreSQL of its own that a test may stop and start.</summary>
public sealed class OwnCluster : IAsyncLifetime
{
    private readonly PrivatePostgresOptions _options = PrivatePostgresOptions.ForTests() with { SharedBuffers = "32MB", MaxConnections = 60 };
    private PrivatePostgres _postgres = null!;

    internal string ConnectionString => _postgres.ConnectionString;

    public async Task InitializeAsync()
    {
        _postgres = await PrivatePostgres.StartAsync(_options);
        // A throw-away cluster says "committed" before it is; what is lost so would be the test's fault.
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand($"alter database {PrivatePostgres.Database} set synchronous_commit = on");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>As when the server is killed: nothing is tidied up, the next start recovers from the log.</summary>
    internal Task StopAsync() => RunAsync("stop", "-m", "immediate");

    /// <summary>With the options it was started with before.</summary>
    internal Task StartAsync() => RunAsync("restart", "-w", "-t", "60", "-l", Path.Combine(_options.Folder, "start.log"));

    private async Task RunAsync(params string[] arguments)
    {
        var user = await ServerUser.ForAsync(_options.Folder, CancellationToken.None);
        var done = await Command.RunAsync(user.Runs([Path.Combine(_postgres.ProgramFolder, "pg_ctl"), .. arguments, "-D", _postgres.DataFolder, "-s"]), CancellationToken.None);
        Assert.True(done.Succeeded, done.LastLines(5));
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _postgres.DisposeAsync();
    }
}
