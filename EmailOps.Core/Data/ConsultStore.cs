using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Reads what questions need and writes what came of them: judgement, calls, when to judge again, and what is next, in one transaction.</summary>
internal sealed class ConsultStore(NpgsqlDataSource source, TriageStore triage, ConsultOptions options, TimeProvider clock)
{
    /// <summary>A person has acted on the message since it was judged, or it is answered: what they did stands. In the transaction that would write over it.</summary>
    private const string PersonFaster = """
        select exists (select from draft d where d.message_id = t.message_id and d.state = 'Approved')
            or exists (select from audit_entry a where a.subject_kind = 'message' and a.subject_id = t.message_id and a.at > t.judged_at and a.action not in ('message.retriage', 'message.label'))
        from triage_result t where t.message_id = $1
        """;

    /// <summary>How long the item waited, by the database's clock; null when another worker took it over.</summary>
    public async Task<TimeSpan?> WaitedAsync(WorkItem item, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select now() - enqueued_at from work_item where id = $1 and lease = $2", [item.Id, item.Lease], r => (TimeSpan?)r.GetTimeSpan(0), cancel)).SingleOrDefault();
    }

    /// <summary>Earlier messages of the thread and our replies in it, oldest first.</summary>
    public async Task<List<EarlierMessage>> EarlierAsync(long messageId, CancellationToken cancel)
    {
        const int most = 8, characters = 2_000;
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, """
            select * from (
                select false ours, e.received_at at, left(coalesce(e.new_text, e.text), $3) words, e.id from message m join message e on e.thread_id = m.thread_id and (e.received_at, e.id) < (m.received_at, m.id) where m.id = $1
                union all
                select true, o.sent_at, left(o.body, $3), e.id from message m join message e on e.thread_id = m.thread_id join outbound_message o on o.message_id = e.id and o.state in ('Sent', 'Bounced') and o.sent_at < m.received_at where m.id = $1
            ) x order by at desc, id desc limit $2
            """, [messageId, most, characters], r => new EarlierMessage(r.GetBoolean(0), r.GetFieldValue<DateTimeOffset>(1), r.GetString(2)), cancel);
        rows.Reverse();
        return rows;
    }

    /// <summary>Secret of this installation, for <see cref="Fence"/>.</summary>
    public async Task<byte[]> FenceKeyAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select value from installation where key = 'prompt-fence-key'");
        return Encoding.UTF8.GetBytes(await command.ExecuteScalarAsync(cancel) as string ?? throw new InvalidOperationException("The database has no key for prompts. Run: emailops migrate"));
    }

    /// <summary>Ends an item about which there is nothing to ask: policy goes on with what is stored.</summary>
    public async Task SkipAsync(WorkItem item, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, [item], cancel);
        await Sql.ExecuteAsync(connection, "update consultation set judge_again_at = null where message_id = $1", [item.SubjectId], cancel);
        await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Policy, item.SubjectId, item.MailboxId, item.Priority, ThreadId: item.ThreadId) { TraceParent = item.TraceParent }], cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Writes what came of asking. Whoever acted meanwhile keeps what they did.</summary>
    /// <exception cref="LeaseLostException">Another worker took the item over; nothing was written.</exception>
    public async Task<ConsultationOutcome> SaveAsync(WorkItem item, IncomingMessage message, ConsultPlan plan, Consulted consulted, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, [item], cancel);
        // Locked in the order in which people's own writes lock: from here on nobody acts until we are done, or has acted, and is seen.
        await Sql.ExecuteAsync(connection, "select from triage_result where message_id = $1 for update", [message.Id], cancel);
        await Sql.ExecuteAsync(connection, "select from draft where message_id = $1 for update", [message.Id], cancel);
        var isLate = (await Sql.QueryAsync(connection, PersonFaster, [message.Id], r => r.GetBoolean(0), cancel)).SingleOrDefault();
        var outcome = isLate ? ConsultationOutcome.PersonFaster : consulted.Degraded != null ? ConsultationOutcome.Degraded : ConsultationOutcome.Answered;
        if (!isLate) await triage.WriteAsync(connection, item, message, consulted.Result, cancel);
        await NoteAsync(connection, message, item.Priority, outcome, isLate ? "A person was faster; what they did stands." : consulted.Degraded ?? plan.Reason, isLate ? JudgeAgain.Never : consulted.Again, cancel);
        await CallsAsync(connection, message, consulted.Calls, cancel);
        if (!isLate || await IsUndecidedAsync(connection, message.Id, cancel))
            await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Policy, message.Id, message.MailboxId, isLate ? item.Priority : (short)consulted.Result.Priority, ThreadId: item.ThreadId) { TraceParent = item.TraceParent }], cancel);
        await LiveEvents.AnnounceAsync(connection, "message", message.Id, cancel);
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    private async Task NoteAsync(NpgsqlConnection connection, IncomingMessage message, short priority, ConsultationOutcome outcome, string reason, JudgeAgain again, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await Sql.ExecuteAsync(connection, """
            insert into consultation as c (message_id, mailbox_id, outcome, reason, priority, attempts, at, judge_again_at)
            values ($1, $2, $3, $4, $5, case when $7 then 1 else 0 end, $6, case when $7 and $9 <= 1 then null else $8::timestamptz end)
            on conflict (message_id) do update set outcome = excluded.outcome, reason = excluded.reason, priority = excluded.priority, at = excluded.at,
                attempts = case when $7 then c.attempts + 1 else 0 end,
                judge_again_at = case when not $7 then excluded.judge_again_at when c.attempts + 1 < $9 then excluded.judge_again_at + (excluded.judge_again_at - excluded.at) * (power(2, least(c.attempts, 10)) - 1) end
            """,
            [
                message.Id, message.MailboxId, outcome.ToString(), StoredText.Clean(reason), priority, now, again == JudgeAgain.AfterPause,
                ConsultSweep.AgainAt(again, now, options.UnusablePause), (short)options.MostAttempts,
            ], cancel);
    }

    private static async Task CallsAsync(NpgsqlConnection connection, IncomingMessage message, IReadOnlyList<ConsultCall> calls, CancellationToken cancel)
    {
        if (calls.Count == 0) return;
        T[] Column<T>(Func<ConsultCall, T> of) => [.. calls.Select(of)];
        await Sql.ExecuteAsync(connection, """
            insert into consultation_call (message_id, mailbox_id, agent, provider, model, prompt, tokens_in, tokens_out, cost, from_cache, seconds, problem, asked, answered, at)
            select $1, $2, u.* from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) u
            """,
            [
                message.Id, message.MailboxId, Column(c => c.Agent), Column(c => c.Stamp.Provider), Column(c => c.Stamp.Model), Column(c => c.Stamp.Prompt), Column(c => c.Stamp.TokensIn),
                Column(c => c.Stamp.TokensOut), Column(c => c.Stamp.Cost), Column(c => c.Stamp.FromCache), Column(c => (float)c.Took.TotalSeconds),
                Column(c => c.Problem is null ? null : StoredText.Clean(c.Problem)), Column(c => StoredText.Clean(c.Asked)), Column(c => StoredText.Clean(c.Answered)), Column(c => c.At),
            ], cancel);
        // A message that is judged again and again keeps the newest.
        await Sql.ExecuteAsync(connection, "delete from consultation_call where message_id = $1 and id not in (select id from consultation_call where message_id = $1 order by id desc limit 20)", [message.Id], cancel);
    }

    private static async Task<bool> IsUndecidedAsync(NpgsqlConnection connection, long messageId, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, "select not exists (select from decision where message_id = $1)", [messageId], r => r.GetBoolean(0), cancel)).Single();
}
