using EmailOps.Core.Contracts;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>How processing stands, read off the queue and the decisions of the last day.</summary>
internal sealed class ProcessFigures(NpgsqlDataSource source, TimeProvider clock, DecisionTally tally)
{
    public async Task<ProcessStatus> StatusAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var stages = await StagesAsync(connection, cancel);
        var now = clock.GetUtcNow();
        var (today, done) = await tally.CountAsync(connection, cancel);
        // How long it took is read off the newest messages; those of a day would tell the same.
        var (dead, died, seconds) = (await Sql.QueryAsync(connection, """
            select (select count(*) from work_item where died_at is not null), (select count(*) from work_item where died_at >= $1), x.seconds
            from (select avg(extract(epoch from d.decided_at - m.stored_at))::float8 seconds
                  from (select message_id, decided_at from decision order by message_id desc limit 2000) d join message m on m.id = d.message_id where d.decided_at >= $1) x
            """, [now.AddHours(-24)], r => (Dead: r.GetInt64(0), Died: r.GetInt64(1), Seconds: r.IsDBNull(2) ? (double?)null : r.GetDouble(2)), cancel)).Single();
        var model = await ConsultViews.FiguresAsync(connection, now.AddHours(-24), done, cancel);
        return new ProcessStatus
        {
            EmailsProcessedToday = today,
            CurrentQueueSize = stages.Sum(s => s.Ready + s.Leased + s.Waiting),
            DeadLetters = dead,
            Stages = stages,
            Operations = await StandingOrders.ViewAsync(connection, cancel),
            Workers = await WorkerStore.ListAsync(connection, cancel),
            LanguageModel = model,
            ProcessingStats = new ProcessingStats { SuccessRate = done + died == 0 ? null : (double)done / (done + died), AverageProcessingTime = seconds, CostPerEmail = done == 0 ? null : (double)model.Cost / done },
        };
    }

    private static async Task<IReadOnlyList<StageStatus>> StagesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await Sql.QueryAsync(connection, """
            select stage, count(*) filter (where available_at <= now()), count(*) filter (where available_at > now() and lease is not null),
                   count(*) filter (where available_at > now() and lease is null), extract(epoch from now() - min(enqueued_at) filter (where available_at <= now()))::float8
            from work_item where died_at is null group by stage
            """, [], r => new StageStatus(((Stage)r.GetInt16(0)).ToString(), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.IsDBNull(4) ? null : r.GetDouble(4)), cancel);
        return [.. Enum.GetNames<Stage>().Select(name => rows.Find(r => r.Stage == name) ?? new StageStatus(name, 0, 0, 0, null))];
    }
}
