using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Alerting;

/// <summary>Alerts as people see them, and what they order.</summary>
internal sealed class AlertDesk(NpgsqlDataSource source, AlertsOptions options)
{
    public const int MostNote = 500, MostMinutes = 30 * 24 * 60;
    /// <summary>Nobody has looked for so long: then nothing is watched.</summary>
    private static readonly TimeSpan s_blind = TimeSpan.FromMinutes(1);

    internal const string IsSilenced = "exists (select from alert_silence s where s.name = a.name and (s.subject is null or s.subject = a.subject) and s.until > now())";
    internal const string Columns = $"""
        a.id, a.name, a.subject, a.severity, a.component, a.page, a.state, a.message, a.details::text, a.began_at, a.fired_at, a.resolved_at, a.acknowledged_at, a.acknowledged_by, a.note, {IsSilenced}, a.told_at, a.tell_problem
        """;

    /// <param name="state">Firing and Pending: those; Resolved: the history, newest first.</param>
    public async Task<AlertsView> ListAsync(AlertState state, string? name, long? before, int take, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var alerts = await Sql.QueryAsync(connection, $"""
            select {Columns} from alert a where a.state = $1 and ($2::text is null or a.name = $2) and ($3::bigint is null or a.id < $3)
            order by case when $1 = 'Resolved' then 0 else array_position(array['Critical', 'Warning', 'Info'], a.severity) end, a.id desc limit $4
            """, [state.ToString(), name, before, take], Read, cancel);
        var (looked, isLate, problem) = (await Sql.QueryAsync(connection, "select looked_at, looked_at is null or looked_at < now() - $1, problem from alert_monitor", [s_blind],
            r => (r.IsDBNull(0) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(0), r.GetBoolean(1), r.IsDBNull(2) ? null : r.GetString(2)), cancel)).Single();
        var why = !options.Enabled ? "The built-in monitor is switched off (Alerts:Enabled)." : isLate ? "No worker looks: nothing here is watched now. Start a worker, or look in its log." : problem;
        return new AlertsView(alerts, looked, why);
    }

    public async Task<AlertView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"select {Columns} from alert a where a.id = $1", [id], Read, cancel)).SingleOrDefault();
    }

    /// <returns>The alert, and whether it still fired; null: there is none.</returns>
    public async Task<(AlertView Alert, bool IsDone)?> AcknowledgeAsync(long id, string actor, string? note, CancellationToken cancel)
    {
        await using (var connection = await source.OpenConnectionAsync(cancel))
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            note = Text(note);
            var name = await Sql.QueryAsync(connection, "update alert set acknowledged_at = now(), acknowledged_by = $2, note = $3::text, tell_at = case when told_state = 'Firing' then null else tell_at end where id = $1 and state = 'Firing' returning name", [id, actor, note], r => r.GetString(0), cancel);
            if (name is [var acknowledged])
            {
                await TellAsync(connection, actor, "alert.acknowledge", id, $"{acknowledged}{(note is null ? "." : $": {note}")}", cancel);
                await transaction.CommitAsync(cancel);
            }
            else if (await FindAsync(id, cancel) is { } over) return (over, false);
            else return null;
        }
        return await FindAsync(id, cancel) is { } alert ? (alert, true) : null;
    }

    public async Task<AlertSilenceView> SilenceAsync(SilenceAlert asked, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var made = (await Sql.QueryAsync(connection, $"insert into alert_silence (name, subject, until, made_by, made_at, reason) values ($1, $2::text, now() + $3, $4, now(), $5::text) returning {SilenceColumns}",
            [asked.Name, string.IsNullOrWhiteSpace(asked.Subject) ? null : asked.Subject, TimeSpan.FromMinutes(asked.Minutes), actor, Text(asked.Reason)], ReadSilence, cancel)).Single();
        await TellAsync(connection, actor, "alert.silence", made.Id, $"{made.Name}{(made.Subject is null ? "" : $" of {made.Subject}")} for {asked.Minutes} minutes{(made.Reason is null ? "." : $": {made.Reason}")}", cancel);
        await transaction.CommitAsync(cancel);
        return made;
    }

    /// <returns>False when it is not in force.</returns>
    public async Task<bool> EndSilenceAsync(long id, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "update alert_silence set until = now() where id = $1 and until > now() returning name", [id], r => r.GetString(0), cancel) is not [var name]) return false;
        await TellAsync(connection, actor, "alert.silence.end", id, $"{name} is told again.", cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    public async Task<List<AlertSilenceView>> SilencesAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {SilenceColumns} from alert_silence where until > now() order by until limit 500", [], ReadSilence, cancel);
    }

    public IReadOnlyList<AlertRuleView> Rules() => [.. AlertCatalog.All.Select(options.Changed).Select(r => new AlertRuleView(r.Name, r.Severity, r.Component,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{r.Figure} {PrometheusRules.Sign(r.Comparison)} {r.Threshold}"), r.Threshold, r.For, r.Page, options.Enabled && options.IsOn(r.Name)))];

    private const string SilenceColumns = "id, name, subject, until, made_by, reason";

    private static AlertSilenceView ReadSilence(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), r.IsDBNull(5) ? null : r.GetString(5));

    internal static AlertView Read(NpgsqlDataReader r) => new(Enum.Parse<AlertSeverity>(r.GetString(3)), r.GetString(4), r.GetString(7), Sql.FromJson<Dictionary<string, string>>(r.GetString(8)),
        r.GetInt64(0), r.GetString(1), r.GetString(2), Enum.Parse<AlertState>(r.GetString(6)), r.GetFieldValue<DateTimeOffset>(9), At(r, 10), At(r, 11), r.GetString(5), At(r, 12),
        r.IsDBNull(13) ? null : r.GetString(13), r.IsDBNull(14) ? null : r.GetString(14), r.GetBoolean(15), At(r, 16), r.IsDBNull(17) ? null : r.GetString(17));

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : AlertStore.Cut(text.Trim());

    private static async Task TellAsync(NpgsqlConnection connection, string actor, string action, long id, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'alert', $3, $4)", [actor, action, id, detail], cancel);
        await LiveEvents.AnnounceAsync(connection, "alert", id, cancel);
    }
}
