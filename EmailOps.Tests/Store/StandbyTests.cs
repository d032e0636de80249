using System.Diagnostics;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Analytics;
using Npgsql;

namespace EmailOps.Tests.Store;

/// <summary>A primary and a streaming standby, both real: reports are read from the standby, and when it is promoted work goes on there by itself.</summary>
public sealed class StandbyTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine("/var/tmp", $"emailops-standby-{Environment.ProcessId}");

    [Fact]
    public async Task Reports_read_from_the_standby_and_a_promotion_is_followed_without_a_restart()
    {
        await using var primary = await PrivatePostgres.StartAsync(Options("primary"));
        await using var standby = await CloneAsync(primary);
        var both = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = $"{Host(primary)},{Host(standby)}", HostRecheckSeconds = 1 }.ConnectionString;
        await using var store = await TestStore.OpenAsync(both);
        await store.StoreAsync(MailText.Of());

        Assert.True(await IsStandbyAsync(store.Get<DatabaseServers>().ForReports));
        Assert.False(await IsStandbyAsync(store.Source));
        await Wait.UntilAsync(async () => await CountAsync(store.Get<DatabaseServers>().ForReports) == 1, "the standby has the mail");
        Assert.Equal(0, (await store.Get<Reports>().KpiAsync(24, CancellationToken.None)).Processing.TotalProcessed);

        // The primary is gone; somebody promotes the standby.
        await primary.DisposeAsync();
        await using (var alone = NpgsqlDataSource.Create(standby.ConnectionString))
        await using (var promote = alone.CreateCommand("select pg_promote()"))
            Assert.Equal(true, await promote.ExecuteScalarAsync());
        await Wait.UntilAsync(async () =>
        {
            try
            {
                await store.StoreAsync(MailText.Of(id: "second@customer.example", body: "After the change."));
                return true;
            }
            catch (NpgsqlException)
            {
                return false; // the old connections end one by one
            }
        }, "work goes on at the new primary", 60);
        Assert.Equal(2, await CountAsync(store.Source));
        Assert.Equal(2, await CountAsync(store.Get<DatabaseServers>().ForReports));
    }

    private PrivatePostgresOptions Options(string name) => new() { Folder = Path.Combine(_folder, name) };

    private static string Host(PrivatePostgres server) => new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;

    /// <summary>A copy of the stopped primary, which then follows it.</summary>
    private async Task<PrivatePostgres> CloneAsync(PrivatePostgres primary)
    {
        await using (var source = NpgsqlDataSource.Create(primary.ConnectionString))
        await using (var begin = await source.OpenConnectionAsync())
        {
            // The low-level backup of PostgreSQL's manual (26.3.3); both orders in one session.
            await RunAsync(begin, "select pg_backup_start('standby', true)");
            using (var copy = Process.Start("/bin/cp", ["-a", Path.Combine(_folder, "primary"), Path.Combine(_folder, "standby")])!) await copy.WaitForExitAsync();
            var data = Path.Combine(_folder, "standby", "data");
            await using (var stop = new NpgsqlCommand("select labelfile from pg_backup_stop(false)", begin))
                await File.WriteAllTextAsync(Path.Combine(data, "backup_label"), (string)(await stop.ExecuteScalarAsync())!);
            File.Delete(Path.Combine(data, "postmaster.pid"));
            Directory.Delete(Path.Combine(_folder, "standby", "socket"), recursive: true);
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.auto.conf"), $"primary_conninfo = 'host={Host(primary)} user={PrivatePostgres.Database}'\n");
            await File.WriteAllTextAsync(Path.Combine(data, "standby.signal"), "");
            // As root the server runs as somebody else, whom the copied files belong to.
            using var own = Process.Start("/bin/sh", ["-c", "chown --reference=\"$0/PG_VERSION\" \"$0/backup_label\" \"$0/standby.signal\" \"$0/postgresql.auto.conf\" && chmod 600 \"$0/backup_label\" \"$0/standby.signal\"", data])!;
            await own.WaitForExitAsync();
        }
        return await PrivatePostgres.StartAsync(Options("standby"));
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select pg_is_in_recovery()");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select count(*) from message");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task InitializeAsync()
    {
        // The server's user must be able to enter; the clusters themselves are their owner's alone.
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}
