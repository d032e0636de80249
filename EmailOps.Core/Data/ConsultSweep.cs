using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Finds messages that were judged without the language model and puts them back into its queue when it can answer again.</summary>
internal sealed class ConsultSweep(NpgsqlDataSource source, ConsultOptions options, TimeProvider clock)
{
    /// <summary>An item that was queued and never came to an end is queued again after this.</summary>
    private static readonly TimeSpan s_underWay = TimeSpan.FromMinutes(20);

    /// <summary>The earliest moment for another look; null: none.</summary>
    public static DateTimeOffset? AgainAt(JudgeAgain again, DateTimeOffset now, TimeSpan pause) => again switch
    {
        JudgeAgain.Never => null,
        JudgeAgain.NextDay => new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero),
        JudgeAgain.AfterPause => now + pause,
        _ => now,
    };

    /// <summary>Queues the most urgent messages whose time has come, as long as the queue is short: what comes in goes first.</summary>
    /// <returns>How many were queued.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // What a person has taken up, what is answered, and what is old is not judged again.
        await Sql.ExecuteAsync(connection, """
            update consultation c set judge_again_at = null
            where c.judge_again_at <= $1 and (
                exists (select from draft d where d.message_id = c.message_id and d.state = 'Approved')
                or exists (select from audit_entry a where a.subject_kind = 'message' and a.subject_id = c.message_id and a.at > c.at and a.action not in ('message.retriage', 'message.label'))
                or exists (select from message m where m.id = c.message_id and m.stored_at < $2))
            """, [now, now - options.JudgeAgainFor], cancel);
        var waiting = (await Sql.QueryAsync(connection, "select count(*)::int from work_item where stage = $1 and died_at is null", [(short)Stage.Consult], r => r.GetInt32(0), cancel)).Single();
        var room = options.JudgeAgainBatch - waiting;
        if (room <= 0)
        {
            await transaction.CommitAsync(cancel);
            return 0;
        }
        var due = await Sql.QueryAsync(connection, $"""
            update consultation c set judge_again_at = $2
            from (select message_id from consultation where judge_again_at <= $1 order by priority desc, judge_again_at limit $3 for update skip locked) x
            where c.message_id = x.message_id returning c.message_id, c.mailbox_id, c.priority, {MessageTraces.Of("c.message_id")}
            """, [now, now + s_underWay, room], r => new NewWork(Stage.Consult, r.GetInt64(0), r.GetInt64(1), r.GetInt16(2)) { TraceParent = r.IsDBNull(3) ? null : r.GetString(3) }, cancel);
        await WorkQueue.EnqueueAsync(connection, due, cancel);
        await transaction.CommitAsync(cancel);
        return due.Count;
    }

    /// <summary>Lets go of questions and answers that are older than they are kept, some at a time.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> ForgetAsync(CancellationToken cancel)
    {
        const int most = 1_000;
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.ExecuteAsync(connection, "delete from consultation_call where id in (select id from consultation_call where at < $1 order by at limit $2)", [clock.GetUtcNow() - options.KeepCalls, most], cancel);
    }

    /// <summary>Notes, in the transaction that stores a batch of judgements, which of them wanted the model while nobody could answer.</summary>
    internal static async Task NoteMissedAsync(NpgsqlConnection connection, IReadOnlyList<(IncomingMessage Message, TriageResult Result, string Reason)> missed, DateTimeOffset now, CancellationToken cancel)
    {
        if (missed.Count == 0) return;
        T[] Column<T>(Func<(IncomingMessage Message, TriageResult Result, string Reason), T> of) => [.. missed.Select(of)];
        await Sql.ExecuteAsync(connection, """
            insert into consultation (message_id, mailbox_id, outcome, reason, priority, at, judge_again_at)
            select u.m, u.b, $6, u.r, u.p, $5, $5 from unnest($1, $2, $3, $4) as u (m, b, r, p)
            on conflict (message_id) do update set outcome = excluded.outcome, reason = excluded.reason, priority = excluded.priority, at = excluded.at, judge_again_at = excluded.judge_again_at
            """,
            [Column(m => m.Message.Id), Column(m => m.Message.MailboxId), Column(m => StoredText.Clean(m.Reason)), Column(m => (short)m.Result.Priority), now, ConsultationOutcome.Degraded.ToString()], cancel);
    }
}
