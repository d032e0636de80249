using EmailOps.Core.Telemetry;
using Npgsql;

namespace EmailOps.Core.Data.Alerting;

/// <param name="Id">Of the process; several roles may share it.</param>
/// <param name="IsAlive">It was heard within its time.</param>
internal sealed record ProcessVital(Guid Id, string Role, string Host, int ProcessId, bool IsAlive, DateTimeOffset HeardAt, VitalSample Sample);

/// <summary>What processes say of themselves, for who judges it.</summary>
internal sealed class VitalStore(NpgsqlDataSource source)
{
    private static readonly TimeSpan s_alive = TimeSpan.FromSeconds(20);
    /// <summary>One that died without a goodbye is remembered for so long, so that its absence is seen.</summary>
    private static readonly TimeSpan s_remembered = TimeSpan.FromHours(24);

    public async Task BeatAsync(Guid id, string role, VitalSample sample, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, """
            insert into process_vital (id, role, host, process_id, alive_until, sample) values ($1, $2, $3, $4, now() + $5, $6::jsonb)
            on conflict (id, role) do update set heard_at = now(), alive_until = excluded.alive_until, sample = excluded.sample
            """, [id, role, Environment.MachineName, Environment.ProcessId, s_alive, Sql.Json(sample)], cancel);
        await Sql.ExecuteAsync(connection, "delete from process_vital where alive_until < now() - $1", [s_remembered], cancel);
    }

    public async Task LeaveAsync(Guid id, string role, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from process_vital where id = $1 and role = $2", [id, role], cancel);
    }

    public async Task<List<ProcessVital>> AllAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select id, role, host, process_id, alive_until > now(), heard_at, sample from process_vital order by since, role limit 2000", [],
            r => new ProcessVital(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetBoolean(4), r.GetFieldValue<DateTimeOffset>(5), Sql.FromJson<VitalSample>(r.GetString(6))), cancel);
    }
}
