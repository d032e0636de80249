using EmailOps.Benchmarks.Scale;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace EmailOps.Tests.Scale;

/// <summary>
/// An Api on generated rows. Its connections are not pooled: when a request is over they close, and PostgreSQL adds to its counters what they read, so that
/// each request can be asked which tables it read from one end to the other.
/// </summary>
public sealed class LargeInstallation : IAsyncLifetime
{
    public const int Messages = 8_000;
    private readonly PostgresFixture _postgres = new();
    private WebApplication _api = null!;

    internal TestStore Store { get; private set; } = null!;
    internal ApiCaller Caller { get; private set; } = null!;
    /// <summary>For what is asked without the Api; not pooled either.</summary>
    internal NpgsqlDataSource Unpooled { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(_postgres);
        await GeneratedRows.MakeAsync(Store.Source, Messages, days: 60, null, CancellationToken.None);
        var unpooled = new NpgsqlConnectionStringBuilder(Store.ConnectionString) { Pooling = false, ApplicationName = "asked" }.ConnectionString;
        Unpooled = NpgsqlDataSource.Create(unpooled);
        _api = await TestHosts.ApiAsync(unpooled);
        Caller = new ApiCaller(_api.Address(), TestHosts.Key);
    }

    /// <summary>Large tables that were read from one end to the other by what is done.</summary>
    internal async Task<string[]> ReadWholeAsync(Func<Task> done)
    {
        await QuietAsync();
        var before = await ScansAsync();
        await done();
        await QuietAsync();
        var after = await ScansAsync();
        return [.. after.Where(t => t.Value > before[t.Key]).Select(t => t.Key)];
    }

    // A connection is gone from the list after its counters were added up. One that listens for wake-ups stays.
    private Task QuietAsync()
    {
        // What other tests read shows up when their pooled connections close, too.
        Store.Source.Clear();
        return Wait.UntilAsync(async () => await Store.AskAsync<long>(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and query not like 'listen%'") == 0, "every connection of the request is closed");
    }

    private async Task<Dictionary<string, long>> ScansAsync()
    {
        await using var connection = await Store.Source.OpenConnectionAsync();
        var rows = await Sql.QueryAsync(connection, """
            select relname::text, seq_scan from pg_stat_user_tables
            where relname in ('message', 'decision', 'triage_result', 'draft', 'raw_mail', 'message_thread', 'message_words', 'audit_entry', 'intake_entry', 'outbound_message', 'thread_reference')
            """, [], r => (Table: r.GetString(0), Scans: r.GetInt64(1)), CancellationToken.None);
        return rows.ToDictionary(r => r.Table, r => r.Scans);
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await _api.StopAsync();
        await _api.DisposeAsync();
        await Unpooled.DisposeAsync();
        await Store.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
