using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Analytics;

/// <summary>Looks for patterns in what came lately, and keeps what was found.</summary>
internal sealed class PatternStore(DatabaseServers servers, ReportShelf shelf, TimeProvider clock) : IDisposable
{
    public const int MostDays = 90, DefaultDays = 30;
    /// <summary>Read in one piece, with six hundred characters each: some twenty megabytes.</summary>
    private const int MostMessages = 20_000, MostWords = 600, MostAnswer = 5_000;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<PatternReport> AnalyzeAsync(int days, string actor, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var now = clock.GetUtcNow();
            var rows = await RowsAsync(now.AddDays(-days), cancel);
            var found = PatternFinder.Find(now, actor, days, rows);
            return found with { Id = await shelf.PutAsync(ReportShelf.Patterns, now, actor, found, cancel) };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <returns>Null before the first.</returns>
    public async Task<PatternReport?> LatestAsync(CancellationToken cancel) => await shelf.LatestAsync<PatternReport>(ReportShelf.Patterns, cancel) is ({ } id, { } report) ? report with { Id = id } : null;

    private async Task<List<PatternRow>> RowsAsync(DateTimeOffset since, CancellationToken cancel)
    {
        await using var connection = await servers.ForReports.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select m.id, m.thread_id, m.subject, m.from_address, t.language, t.category, d.kind in ('SendReply', 'File', 'Quarantine'),
                   d.kind in ('Suggest', 'HoldForReview', 'Escalate') and m.automated = 'Normal' and coalesce(r.citations, '[]'::jsonb) = '[]'::jsonb,
                   left(coalesce(m.new_text, m.text), $3), case when r.state = 'Approved' and r.decided_by is not null then left(r.body, $4) end
            from (select * from message where received_at >= $1 order by received_at desc, id desc limit $2) m
            join triage_result t on t.message_id = m.id
            join decision d on d.message_id = m.id
            left join lateral (select citations, state, decided_by, body from draft where message_id = m.id order by id desc limit 1) r on true
            where not t.is_automated
            """, [since, MostMessages, MostWords, MostAnswer],
            r => new PatternRow(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetBoolean(6), r.GetBoolean(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetString(9)), cancel);
    }

    public void Dispose() => _turn.Dispose();
}
