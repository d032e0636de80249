using System.Diagnostics;
using System.Globalization;
using EmailOps.AppHost.Postgres;
using Npgsql;

namespace EmailOps.Tests.AppHost;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly StateFolderForTest _state = new();

    private PrivatePostgresOptions Options => new() { Folder = _state.Postgres };

    [Fact]
    public async Task What_was_written_is_there_after_a_stop_and_a_start()
    {
        await using (var first = await PrivatePostgres.StartAsync(Options))
            await ScalarAsync(first.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS n");

        await using var second = await PrivatePostgres.StartAsync(Options);

        Assert.Equal(42, await ScalarAsync(second.ConnectionString, "SELECT n FROM kept"));
        Assert.Equal("on|on|off|256MB", await ScalarAsync(second.ConnectionString,
            "SELECT concat_ws('|', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('jit'), current_setting('shared_buffers'))"));
    }

    [Fact]
    public async Task It_listens_on_no_network_address_and_its_folder_is_closed_to_others()
    {
        await using var postgres = await PrivatePostgres.StartAsync(Options);

        Assert.Equal("", await ScalarAsync(postgres.ConnectionString, "SHOW listen_addresses"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_state.Postgres));
    }

    [Fact]
    public async Task A_second_start_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var first = await PrivatePostgres.StartAsync(Options);

        var refused = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(Options));

        Assert.Contains("already running", refused.Problem, StringComparison.Ordinal);
        Assert.Contains("STATE_DIR", refused.Fix, StringComparison.Ordinal);
        Assert.Equal(1, await ScalarAsync(first.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_pid_file_whose_number_belongs_to_another_program_now_is_no_hindrance()
    {
        await using (await PrivatePostgres.StartAsync(Options))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_state.Data, "postmaster.pid"), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{_state.Data}\n1\n5432\n{_state.Postgres}/socket\n\n\n"));

        await using var postgres = await PrivatePostgres.StartAsync(Options);

        Assert.Equal(1, await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_cluster_that_was_only_half_made_is_made_anew()
    {
        Directory.CreateDirectory(Path.Combine(_state.Path, "postgres"));
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "nobody", _state.Postgres);
        var unfinished = Directory.CreateDirectory(_state.Data + ".unfinished").FullName;
        await File.WriteAllTextAsync(Path.Combine(unfinished, "PG_VERSION"), "17\n");

        await using var postgres = await PrivatePostgres.StartAsync(Options);

        Assert.Equal(1, await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
        Assert.False(Directory.Exists(unfinished));
    }

    [Fact]
    public async Task Data_of_another_version_is_left_alone_and_the_message_tells_both_versions()
    {
        await using (await PrivatePostgres.StartAsync(Options))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_state.Data, "PG_VERSION"), "9\n");

        var refused = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(Options));

        Assert.Contains("written by PostgreSQL 9", refused.Problem, StringComparison.Ordinal);
        Assert.Contains("EMAILOPS_PG_BIN", refused.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_a_path_too_long_for_a_socket_works_too()
    {
        var deep = Path.Combine(_state.Path, new string('d', 100), "it's, quoted and spaced");
        Directory.CreateDirectory(deep);

        await using var postgres = await PrivatePostgres.StartAsync(new() { Folder = Path.Combine(deep, "postgres") });

        Assert.Equal(1, await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_folder_whose_name_a_shell_would_execute_is_refused()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(new() { Folder = Path.Combine(_state.Path, "$(touch pwned)") }));

        Assert.Contains("STATE_DIR", refused.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_the_server_s_user_cannot_enter_is_named()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // Only root runs the server as somebody else.
        var closed = Directory.CreateDirectory(Path.Combine(_state.Path, "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

        var refused = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(new() { Folder = Path.Combine(closed, "postgres") }));

        Assert.Contains(closed, refused.Problem, StringComparison.Ordinal);
        Assert.Contains("STATE_DIR", refused.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing_running_and_the_next_one_works()
    {
        using var cancel = new CancellationTokenSource();
        var options = Options with { Progress = step => { if (step.StartsWith("Creating", StringComparison.Ordinal)) cancel.CancelAfter(50); } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PrivatePostgres.StartAsync(options, cancel.Token));

        Assert.False(File.Exists(Path.Combine(_state.Data, "postmaster.pid")));
        await using var postgres = await PrivatePostgres.StartAsync(Options);
        Assert.Equal(1, await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
    }

    public void Dispose() => _state.Dispose();

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }
}
