using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>What learning needs now and then: outcomes that nobody said in words, thresholds, models to be trained anew, drift.</summary>
internal sealed class LearningChores(NpgsqlDataSource source, OutcomeStore outcomes, RiskStore risk, DriftStore drift, TriageFiles files, LearningOptions options)
{
    private const long LockKey = 0x4C65_6172_6E69_6E67; // "Learning"
    private static readonly TimeSpan s_driftEvery = TimeSpan.FromHours(1);

    /// <returns>False when another worker is at it.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Held until the transaction ends, however this process does.
        if (await Sql.QueryAsync(connection, "select pg_try_advisory_xact_lock($1)", [LockKey], r => r.GetBoolean(0), cancel) is not [true]) return false;
        await outcomes.SweepAsync(options, cancel);
        foreach (var mailbox in await Sql.QueryAsync(connection, "select distinct mailbox_id from risk_budget", [], r => r.GetInt64(0), cancel)) await risk.RecomputeAsync(mailbox, cancel);
        await QueueAsync(connection, cancel);
        foreach (var mailbox in await drift.DueAsync(s_driftEvery, cancel)) await drift.MeasureAsync(mailbox, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>Queues mailboxes that have something to learn and no work item (a dead letter is a person's), and those whose model is due to be trained anew.</summary>
    private async Task QueueAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (!options.Enabled) return;
        // Only where something was learned: otherwise nothing here needs the base model, which may have to be trained first.
        if (await Sql.QueryAsync(connection, "select 1 from mailbox_model where number is not null and topic = 'Categories' limit 1", [], r => r.GetInt32(0), cancel) is not []) await Sql.ExecuteAsync(connection, """
            update mailbox_model s set retrain_for = case when v.base <> $1 then 'the examples or the taxonomy have changed' else 'schedule' end, revision = revision + 1
            from model_version v
            where s.topic = 'Categories' and v.topic = s.topic and v.mailbox_id = s.mailbox_id and v.number = s.number and not s.is_pinned and s.retrain_for is null
              and (v.base <> $1 and not exists (select from model_version t where t.mailbox_id = s.mailbox_id and t.topic = s.topic and t.base = $1 and t.kind = 'Trained' and t.made_at > now() - $2) or v.kind = 'Taught' and coalesce(s.retrained_at, v.made_at) < now() - $2)
            """, [files.Setup.Model.Version, options.RetrainEvery], cancel);
        // A label model is always made whole; what it does not wait for are messages that people handled and left unlabelled.
        await Sql.ExecuteAsync(connection, """
            update mailbox_model s set retrain_for = 'schedule', revision = revision + 1
            where s.topic = 'Labels' and s.number is not null and not s.is_pinned and s.retrain_for is null and s.retrained_at < now() - $1
              and exists (select from lesson l where l.mailbox_id = s.mailbox_id and l.at > s.retrained_at and l.kind <> 'Label')
            """, [options.RetrainEvery], cancel);
        var due = await Sql.QueryAsync(connection, """
            select b.id from mailbox b
            where exists (
                select from (values ('Categories'), ('Labels')) t (topic) left join mailbox_model s on s.mailbox_id = b.id and s.topic = t.topic
                where not coalesce(s.is_pinned, false) and (s.retrain_for is not null
                    or exists (select from lesson l where l.mailbox_id = b.id and l.learned_in is null and l.undone_at is null and (l.kind = 'Label') = (t.topic = 'Labels'))))
              and not exists (select from work_item w where w.stage = $1 and w.mailbox_id = b.id)
            """, [(short)Stage.Learning], r => r.GetInt64(0), cancel);
        await WorkQueue.EnqueueAsync(connection, [.. due.Select(id => new NewWork(Stage.Learning, 0, id, 3))], cancel);
    }
}
