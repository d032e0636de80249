using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;

namespace EmailOps.Tests.AppHost;

/// <summary>The real process: started, signalled, killed and started again.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private readonly StateFolderForTest _state = new();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_stops_PostgreSQL_in_order(string signal)
    {
        await using var host = await new AppHostProcess(_state.Path).RunningAsync();
        var programs = await ProgramFolderAsync();

        await host.SignalAsync(signal);

        Assert.Equal(0, await host.EndedAsync());
        Assert.Equal("shut down", await ClusterStateAsync(programs));
        Assert.False(File.Exists(Path.Combine(_state.Path, "running.json")));
    }

    [Fact]
    public async Task After_kill_9_the_next_start_takes_over_and_nothing_committed_is_lost()
    {
        await using (var killed = await new AppHostProcess(_state.Path).RunningAsync())
        {
            await ExecuteAsync("CREATE TABLE kept AS SELECT 42 AS n");
            await killed.SignalAsync("KILL");
            await killed.EndedAsync();
        }

        await using var next = await new AppHostProcess(_state.Path).RunningAsync();

        Assert.Equal(42, await ExecuteAsync("SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_server_left_running_without_its_guardian_is_stopped_by_the_next_start()
    {
        await using (var killed = await new AppHostProcess(_state.Path).RunningAsync())
        {
            await ExecuteAsync("CREATE TABLE kept AS SELECT 42 AS n");
            foreach (var guardian in Guardians(killed.Id))
                guardian.Kill();
            await killed.SignalAsync("KILL");
            await killed.EndedAsync();
        }

        Assert.Equal(42, await ExecuteAsync("SELECT n FROM kept"));
        await using var next = await new AppHostProcess(_state.Path).RunningAsync();

        Assert.Contains("left running", next.Said, StringComparison.Ordinal);
        Assert.Equal(42, await ExecuteAsync("SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_second_start_says_what_to_do_and_leaves_the_first_alone()
    {
        await using var first = await new AppHostProcess(_state.Path).RunningAsync();
        await using var second = new AppHostProcess(_state.Path);

        Assert.Equal(1, await second.EndedAsync());
        Assert.Contains("already running", second.Said, StringComparison.Ordinal);
        Assert.Contains("STATE_DIR", second.Said, StringComparison.Ordinal);
        Assert.Equal(1, await ExecuteAsync("SELECT 1"));
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_key_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var host = new AppHostProcess(_state.Path, ("WEB_PORT", $"{port}"));

        Assert.Equal(1, await host.EndedAsync());
        Assert.Contains($"Port {port} is in use", host.Said, StringComparison.Ordinal);
        Assert.Contains("set WEB_PORT", host.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_setting_is_named_before_anything_is_started()
    {
        await using var host = new AppHostProcess(_state.Path, ("DATABASE_POOL_SIZE", "plenty"));

        Assert.Equal(1, await host.EndedAsync());
        Assert.Contains("DATABASE_POOL_SIZE: cannot be \"plenty\". Allowed: a whole number from 1 to 1000.", host.Said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_state.Postgres));
    }

    [Fact]
    public async Task Files_that_open_the_api_and_the_database_are_for_their_owner_only()
    {
        await using var host = await new AppHostProcess(_state.Path).RunningAsync();

        foreach (var file in (string[])["api-key", "running.json"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_state.Path, file)));
        Assert.DoesNotContain(await File.ReadAllTextAsync(Path.Combine(_state.Path, "api-key")), host.Said, StringComparison.Ordinal);
    }

    public void Dispose() => _state.Dispose();

    // A guardian is a direct child of the AppHost.
    private static IEnumerable<Process> Guardians(int parent) => Process.GetProcessesByName("sh")
        .Where(process => File.ReadAllText($"/proc/{process.Id}/stat").Split(')')[^1].Split(' ')[2] == $"{parent}");

    private async Task<object?> ExecuteAsync(string sql)
    {
        using var running = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_state.Path, "running.json")));
        var text = running.RootElement.GetProperty("connectionString").GetString();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<string> ProgramFolderAsync()
    {
        // The first line of the options file is the command that started the server.
        var command = await File.ReadAllTextAsync(Path.Combine(_state.Data, "postmaster.opts"));
        return Path.GetDirectoryName(command.Split(' ')[0].Trim('"'))!;
    }

    private async Task<string> ClusterStateAsync(string programs)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(programs, "pg_controldata"), [_state.Data]) { RedirectStandardOutput = true })!;
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n');
        await process.WaitForExitAsync();
        return lines.Single(line => line.StartsWith("Database cluster state:", StringComparison.Ordinal)).Split(':')[1].Trim();
    }
}
