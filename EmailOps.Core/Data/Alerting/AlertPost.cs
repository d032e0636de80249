using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Alerting;

/// <summary>What the webhook is to be told, and what became of it.</summary>
internal sealed class AlertPost(NpgsqlDataSource source, AlertsOptions options)
{
    private const int Most = 20;

    /// <summary>Those due that nobody silenced, the worst first.</summary>
    public async Task<List<AlertView>> DueAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"""
            select {AlertDesk.Columns} from alert a where a.tell_at <= $1 and not ({AlertDesk.IsSilenced})
            order by array_position(array['Critical', 'Warning', 'Info'], a.severity), a.tell_at limit {Most}
            """, [now], AlertDesk.Read, cancel);
    }

    /// <summary>An alert that goes on is told again after a while, unless somebody has acknowledged it meanwhile.</summary>
    public Task ToldAsync(AlertView alert, DateTimeOffset now, CancellationToken cancel) => UpdateAsync("""
        update alert set told_at = $2, told_state = $3, tell_attempts = 0, tell_problem = null,
            tell_at = case when state = 'Firing' and acknowledged_at is null then $2 + $4 when state = 'Resolved' and $3 = 'Firing' then $2 end where id = $1
        """, [alert.Id, now, alert.State.ToString(), options.RepeatEvery], cancel);

    /// <summary>Tried again after a growing pause.</summary>
    public Task NotToldAsync(AlertView alert, string problem, TimeSpan? wait, DateTimeOffset now, CancellationToken cancel) => UpdateAsync("""
        update alert set tell_attempts = tell_attempts + 1, tell_problem = $3, tell_at = $2 + greatest(coalesce($4::interval, interval '0'), least(interval '5 minutes', interval '5 seconds' * power(2, least(tell_attempts, 10)))) where id = $1
        """, [alert.Id, now, AlertStore.Cut(problem), wait], cancel);

    /// <summary>Nobody is to be told, because there is no webhook: what is due now is not kept for the day there is one.</summary>
    public Task NobodyAsync(DateTimeOffset now, CancellationToken cancel) => UpdateAsync("update alert set tell_at = null where tell_at <= $1", [now], cancel);

    private async Task UpdateAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
    }
}
