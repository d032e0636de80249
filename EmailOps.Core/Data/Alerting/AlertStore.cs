using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Alerting;

/// <param name="Now">By the database's clock: the same for whoever looks next.</param>
/// <param name="LookedAt">When a look last came to its end, whoever looked.</param>
/// <param name="IsOurs">False while another worker has the turn.</param>
internal sealed record MonitorTurn(DateTimeOffset Now, DateTimeOffset? LookedAt, bool IsOurs);

/// <summary>The alerts that are not over, and whose turn it is to look.</summary>
internal sealed class AlertStore(NpgsqlDataSource source, AlertsOptions options)
{
    /// <summary>Take-over of a killed worker's turn.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(15);
    private const int MostText = 1000;

    public async Task<MonitorTurn> TakeTurnAsync(Guid owner, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var isOurs = await Sql.ExecuteAsync(connection, "update alert_monitor set owner = $1, owner_until = now() + $2 where owner = $1 or owner_until is null or owner_until < now()", [owner, s_turn], cancel) > 0;
        return (await Sql.QueryAsync(connection, "select now(), looked_at from alert_monitor", [], r => new MonitorTurn(r.GetFieldValue<DateTimeOffset>(0), r.IsDBNull(1) ? null : r.GetFieldValue<DateTimeOffset>(1), isOurs), cancel)).Single();
    }

    public async Task GiveBackAsync(Guid owner, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update alert_monitor set owner = null, owner_until = null where owner = $1", [owner], cancel);
    }

    public async Task<List<OpenAlert>> OpenAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select id, name, subject, state, began_at, seen_at from alert where state <> 'Resolved'", [],
            r => new OpenAlert(r.GetInt64(0), r.GetString(1), r.GetString(2), Enum.Parse<AlertState>(r.GetString(3)), r.GetFieldValue<DateTimeOffset>(4), r.GetFieldValue<DateTimeOffset>(5)), cancel);
    }

    /// <summary>Writes what a look found, in one transaction, if the turn is still ours.</summary>
    /// <returns>False when it is not: another worker looks, and nothing was written.</returns>
    public async Task<bool> SaveAsync(Guid owner, AlertChanges changes, DateTimeOffset now, string? problem, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update alert_monitor set looked_at = $2, problem = $3::text where owner = $1 and owner_until >= now()", [owner, now, problem], cancel) == 0) return false;
        foreach (var held in changes.Begin) await BeginAsync(connection, held, now, cancel);
        foreach (var (open, held, restarts) in changes.GoOn)
            await Sql.ExecuteAsync(connection, "update alert set seen_at = $2, message = $3, details = $4::jsonb, began_at = case when $5 then $2 else began_at end where id = $1", [open.Id, now, Cut(held.Message), Sql.Json(held.Details), restarts], cancel);
        foreach (var (open, held) in changes.Fire)
        {
            await Sql.ExecuteAsync(connection, "update alert set seen_at = $2, message = $3, details = $4::jsonb where id = $1", [open.Id, now, Cut(held.Message), Sql.Json(held.Details)], cancel);
            await FireAsync(connection, open.Id, now, cancel);
        }
        foreach (var open in changes.Resolve) await ResolveAsync(connection, open.Id, now, cancel);
        if (changes.Drop.Count > 0) await Sql.ExecuteAsync(connection, "delete from alert where id = any($1)", [changes.Drop.Select(d => d.Id).ToArray()], cancel);
        await Sql.ExecuteAsync(connection, "delete from alert where id in (select id from alert where state = 'Resolved' and resolved_at < $1 limit 100)", [now - options.Keep], cancel);
        await Sql.ExecuteAsync(connection, "delete from alert_silence where until < $1", [now - options.Keep], cancel);
        if (changes.Begin.Any(b => b.For == TimeSpan.Zero) || changes.Fire.Count > 0 || changes.Resolve.Count > 0) await LiveEvents.AnnounceAsync(connection, "alert", 0, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task BeginAsync(NpgsqlConnection connection, AlertHeld held, DateTimeOffset now, CancellationToken cancel)
    {
        var id = (await Sql.QueryAsync(connection, """
            insert into alert (name, subject, severity, component, page, state, message, details, began_at, seen_at) values ($1, $2, $3, $4, $5, 'Pending', $6, $7::jsonb, $8, $8) returning id
            """, [held.Name, Cut(held.Subject), held.Severity.ToString(), held.Component, held.Page, Cut(held.Message), Sql.Json(held.Details), now], r => r.GetInt64(0), cancel)).Single();
        if (held.For == TimeSpan.Zero) await FireAsync(connection, id, now, cancel);
    }

    /// <summary>Told at once, or when the cooldown since the last message about the same thing is over.</summary>
    private Task<int> FireAsync(NpgsqlConnection connection, long id, DateTimeOffset now, CancellationToken cancel) => Sql.ExecuteAsync(connection, """
        update alert a set state = 'Firing', fired_at = $2,
            tell_at = greatest($2, (select max(p.told_at) from alert p where p.name = a.name and p.subject = a.subject) + $3)
        where id = $1
        """, [id, now, TimeSpan.FromSeconds(options.CooldownSeconds)], cancel);

    /// <summary>Who was told that it began is told that it is over; who was not yet, is told nothing.</summary>
    private static Task<int> ResolveAsync(NpgsqlConnection connection, long id, DateTimeOffset now, CancellationToken cancel) => Sql.ExecuteAsync(connection, """
        update alert set state = 'Resolved', resolved_at = $2, tell_at = case when told_state = 'Firing' then $2 end, tell_attempts = 0 where id = $1
        """, [id, now], cancel);

    internal static string Cut(string text) => Messages.StoredText.Clean(Messages.StoredText.Cut(text, MostText));
}
