using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>Compares the mail of the last week with the four weeks before, and keeps what came out.</summary>
internal sealed class DriftStore(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan s_current = TimeSpan.FromDays(7), s_reference = TimeSpan.FromDays(28);
    /// <summary>Messages looked at in each window; a sample this large shows any shift that matters, and costs little.</summary>
    private const int MostMessages = 2_000;
    private const int KeptReports = 200;

    public async Task<DriftView> MeasureAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var now = clock.GetUtcNow();
        var current = await WindowAsync(connection, mailboxId, now - s_current, now, cancel);
        var reference = await WindowAsync(connection, mailboxId, now - s_current - s_reference, now - s_current, cancel);
        var view = DriftMeasure.Compare(mailboxId, now, reference, current);
        await Sql.ExecuteAsync(connection, "insert into drift_report (mailbox_id, at, figures) values ($1, $2, $3::jsonb)", [mailboxId, now, Sql.Json(view)], cancel);
        await Sql.ExecuteAsync(connection, "delete from drift_report where mailbox_id = $1 and id < (select min(id) from (select id from drift_report where mailbox_id = $1 order by id desc limit $2) newest)", [mailboxId, KeptReports], cancel);
        await LiveEvents.AnnounceAsync(connection, "model", mailboxId, cancel);
        return view;
    }

    /// <summary>The newest report of each mailbox, with its address.</summary>
    public async Task<List<(string Address, DriftView Drift)>> LatestAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select b.address, d.figures from mailbox b cross join lateral (select figures from drift_report where mailbox_id = b.id order by id desc limit 1) d order by b.address
            """, [], r => (r.GetString(0), Sql.FromJson<DriftView>(r.GetString(1))), cancel);
    }

    /// <summary>The reports of a mailbox, newest first.</summary>
    public async Task<List<DriftView>> ListAsync(long mailboxId, int take, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select figures from drift_report where mailbox_id = $1 order by id desc limit $2", [mailboxId, take], r => Sql.FromJson<DriftView>(r.GetString(0)), cancel);
    }

    /// <summary>Mailboxes whose last report is older than this, and those whose last report had nothing to compare and that have judged mail since: first figures do not wait an hour.</summary>
    public async Task<List<long>> DueAsync(TimeSpan every, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select b.id from mailbox b left join lateral (select at, figures from drift_report where mailbox_id = b.id order by id desc limit 1) d on true
            where d.at is null or d.at <= $1
               or ((d.figures->>'current')::int = 0 or (d.figures->>'reference')::int = 0) and exists (select from triage_result t where t.mailbox_id = b.id and t.judged_at > d.at)
            """, [clock.GetUtcNow() - every], r => r.GetInt64(0), cancel);
    }

    private static Task<List<DriftRow>> WindowAsync(NpgsqlConnection connection, long mailboxId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel) => Sql.QueryAsync(connection, """
        select coalesce(t.corrected_from, t.category), t.language, length(w.words), t.confidence, t.findings -> 'signals' @> '[{"name": "out-of-scope"}]', t.corrected_from is not null, left(w.words, 1000)
        from message m join triage_result t on t.message_id = m.id, lateral (select coalesce(m.new_text, m.text) words) w
        where m.mailbox_id = $1 and m.received_at >= $2 and m.received_at < $3 order by m.received_at desc limit $4
        """, [mailboxId, from, to, MostMessages],
        r => new DriftRow(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetFloat(3), r.GetBoolean(4), r.GetBoolean(5), r.GetString(6)), cancel);
}
