using EmailOps.AppHost.Postgres;
using Npgsql;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>A PostgreSQL of its own that may be stopped and started. What it calls committed outlives its processes.</summary>
internal sealed class OwnCluster : IAsyncDisposable
{
    private readonly PrivatePostgresOptions _options;
    private readonly PrivatePostgres _postgres;

    private OwnCluster(PrivatePostgresOptions options, PrivatePostgres postgres) => (_options, _postgres) = (options, postgres);

    public string ConnectionString => _postgres.ConnectionString;

    public static async Task<OwnCluster> StartAsync(CancellationToken cancel = default)
    {
        var options = PrivatePostgresOptions.ForTests() with { SharedBuffers = "32MB", MaxConnections = 100 };
        var cluster = new OwnCluster(options, await PrivatePostgres.StartAsync(options, cancel));
        // A throw-away cluster says "committed" before it is; what is lost so would be the test's fault.
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand($"alter database {PrivatePostgres.Database} set synchronous_commit = on");
        await command.ExecuteNonQueryAsync(cancel);
        return cluster;
    }

    /// <summary>As when the server is killed: nothing is tidied up, the next start recovers from the log.</summary>
    public Task StopAsync() => RunAsync("stop", "-m", "immediate");

    /// <summary>With the options it was started with before.</summary>
    public Task RestartAsync() => RunAsync("restart", "-w", "-t", "60", "-l", Path.Combine(_options.Folder, "start.log"));

    /// <summary>A folder that only the server's user enters, for a tablespace; null where a file system of its own cannot be mounted (that takes root).</summary>
    public async Task<SmallDisk?> MountSmallDiskAsync(int megabytes)
    {
        var folder = _options.Folder + "-small";
        var user = await ServerUser.ForAsync(_options.Folder, CancellationToken.None);
        await user.MakePrivateFolderAsync(folder, CancellationToken.None);
        string[] owner = user.Uid is null ? [] : [$",uid={user.Uid},gid={user.Gid}"];
        var mounted = await Command.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700{string.Concat(owner)}", "emailops-small", folder], CancellationToken.None);
        if (mounted.Succeeded) return new SmallDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _postgres.DisposeAsync();
    }

    private async Task RunAsync(params string[] arguments)
    {
        var user = await ServerUser.ForAsync(_options.Folder, CancellationToken.None);
        var done = await Command.RunAsync(user.Runs([Path.Combine(_postgres.ProgramFolder, "pg_ctl"), .. arguments, "-D", _postgres.DataFolder, "-s"]), CancellationToken.None);
        if (!done.Succeeded) throw new InvalidOperationException($"pg_ctl {arguments[0]}: {done.LastLines(5)}");
    }
}

/// <summary>A file system of a few megabytes that can be filled up.</summary>
internal sealed class SmallDisk(string folder) : IAsyncDisposable
{
    private string Filler => Path.Combine(folder, "filler");

    public string Folder => folder;

    /// <summary>Takes all that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        for (var size = block.Length; size >= 512; size /= 2)
        {
            try
            {
                while (true) file.Write(block.AsSpan(0, size));
            }
            catch (IOException)
            {
                // Full for this size; smaller pieces may still fit.
                continue;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        var done = await Command.RunAsync(["umount", folder], CancellationToken.None);
        if (!done.Succeeded) done = await Command.RunAsync(["umount", "-l", folder], CancellationToken.None);
        if (done.Succeeded) Directory.Delete(folder);
    }
}
