using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using EmailOps.Mail.Automated;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Reads what triage needs and writes what it found, a batch at a time.</summary>
internal sealed class TriageStore(NpgsqlDataSource source, TimeProvider clock, FindingsAtHand atHand)
{
    /// <summary>How far back a sender's unanswered messages count as the same concern.</summary>
    private static readonly TimeSpan RepeatWindow = TimeSpan.FromDays(7);

    /// <summary>Messages by id; one that is gone is simply not among them.</summary>
    public async Task<Dictionary<long, IncomingMessage>> LoadAsync(IEnumerable<long> messageIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        // Unanswered: nothing was sent into the thread since. Counting stops where no rule cares any more.
        var messages = await Sql.QueryAsync(connection, """
            select m.id, m.mailbox_id, m.subject, m.from_name, m.from_address, m.received_at, m.text, m.new_text, m.hidden_text, m.reply_doubtful, m.automated,
                   m.automated_reason, m.attachments, m.thread_position, earlier.unanswered, earlier.since
            from message m, lateral (
                select count(*)::int unanswered, min(e.received_at) filter (where e.thread_id = m.thread_id) since
                from (select o.received_at, o.thread_id from message o
                      where o.mailbox_id = m.mailbox_id and o.from_address = m.from_address and o.received_at < m.received_at and o.received_at >= m.received_at - $2
                      order by o.received_at desc limit 20) e
                where not exists (select from outbound_message s join message a on a.id = s.message_id
                                  where a.thread_id = e.thread_id and s.state = 'Sent' and s.sent_at > e.received_at)) earlier
            where m.id = any($1)
            """, [messageIds.ToArray(), RepeatWindow], Read, cancel);
        return messages.ToDictionary(m => m.Id);
    }

    private static IncomingMessage Read(NpgsqlDataReader row)
    {
        string? Text(int i) => row.IsDBNull(i) ? null : row.GetString(i);
        var text = row.GetString(6);
        return new IncomingMessage
        {
            Id = row.GetInt64(0),
            MailboxId = row.GetInt64(1),
            Subject = row.GetString(2),
            From = new Correspondent(Text(3), row.GetString(4)),
            ReceivedAt = row.GetFieldValue<DateTimeOffset>(5),
            Text = text,
            NewText = Text(7) ?? text,
            HiddenText = Text(8) ?? "",
            ReplyDoubtful = row.GetBoolean(9),
            Automated = Enum.Parse<AutomatedKind>(row.GetString(10)),
            AutomatedReason = Text(11),
            Attachments = Text(12) is { } json ? Sql.FromJson<AttachmentInfo[]>(json) : [],
            ThreadPosition = row.GetInt32(13),
            UnansweredBefore = row.GetInt32(14),
            WaitingSince = row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15),
        };
    }

    /// <summary>Stores results and drafts, ends the work items and queues what is next, in one transaction.</summary>
    /// <param name="routes">Where messages go that do not go to policy at once; null: all do.</param>
    /// <exception cref="LeaseLostException">Another worker took the items over; nothing was written.</exception>
    public async Task SaveAsync(IReadOnlyList<(WorkItem Item, IncomingMessage Message, TriageResult Result)> judged, CancellationToken cancel, IReadOnlyDictionary<long, ConsultRoute>? routes = null)
    {
        if (judged.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, [.. judged.Select(d => d.Item)], cancel);
        // A message asked for twice is judged once; in one order, so that two workers never wait for each other.
        List<(WorkItem Item, IncomingMessage Message, TriageResult Result)> done = [.. judged.DistinctBy(d => d.Message.Id).OrderBy(d => d.Message.Id)];
        var found = done.ConvertAll(d => TriageFindings.Of(d.Result));
        var now = Moment(clock.GetUtcNow());
        await SaveResultsAsync(connection, done, found, now, cancel);
        await SaveDraftsAsync(connection, done, cancel);
        if (routes is { Count: > 0 }) await ConsultSweep.NoteMissedAsync(connection, [.. done.Where(d => routes.GetValueOrDefault(d.Message.Id)?.Missed is not null).Select(d => (d.Message, d.Result, routes[d.Message.Id].Missed!))], clock.GetUtcNow(), cancel);
        await WorkQueue.EnqueueAsync(connection, [.. done.Select(d => new NewWork(routes?.GetValueOrDefault(d.Message.Id)?.Next ?? Stage.Policy, d.Message.Id, d.Message.MailboxId, (short)d.Result.Priority, ThreadId: d.Item.ThreadId) { TraceParent = d.Item.TraceParent })], cancel);
        await transaction.CommitAsync(cancel);
        for (var i = 0; i < done.Count; i++)
            if (routes is null || !routes.ContainsKey(done[i].Message.Id)) atHand.Keep(done[i].Message.Id, now, found[i]);
    }

    /// <summary>PostgreSQL keeps microseconds.</summary>
    private static DateTimeOffset Moment(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>Writes the judgement of one message over what is stored, in the caller's transaction. A draft that says the same stays, with what a person may have open of it.</summary>
    internal async Task WriteAsync(NpgsqlConnection connection, WorkItem item, IncomingMessage message, TriageResult result, CancellationToken cancel)
    {
        (WorkItem, IncomingMessage, TriageResult)[] one = [(item, message, result)];
        atHand.Forget(message.Id);
        await SaveResultsAsync(connection, one, [TriageFindings.Of(result)], clock.GetUtcNow(), cancel);
        if (result.Draft is { } draft && await Sql.QueryAsync(connection, "select 1 from draft where message_id = $1 and state = 'Proposed' and body = $2", [message.Id, StoredText.Clean(draft.Body)], r => r.GetInt32(0), cancel) is { Count: > 0 }) return;
        await SaveDraftsAsync(connection, one, cancel);
    }

    private static Task<int> SaveResultsAsync(NpgsqlConnection connection, IReadOnlyList<(WorkItem Item, IncomingMessage Message, TriageResult Result)> done, List<TriageFindings> found, DateTimeOffset now, CancellationToken cancel)
    {
        T[] Column<T>(Func<(WorkItem Item, IncomingMessage Message, TriageResult Result), T> of) => [.. done.Select(of)];
        return Sql.ExecuteAsync(connection, """
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence,
                hostility, is_automated, degraded, findings, model_version, judged_at)
            select u.*, $15 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb[], $14) u
            on conflict (message_id) do update set
                category = case when triage_result.corrected_from is null then excluded.category else triage_result.category end,
                priority = case when triage_result.priority_from is null then excluded.priority else triage_result.priority end,
                category_confidence = excluded.category_confidence, language = excluded.language,
                summary = excluded.summary, confidence = excluded.confidence, hostility = excluded.hostility, is_automated = excluded.is_automated,
                degraded = excluded.degraded, findings = excluded.findings, model_version = excluded.model_version, judged_at = excluded.judged_at
            """,
            [
                Column(d => d.Message.Id), Column(d => d.Message.MailboxId), Column(d => d.Message.ReceivedAt), Column(d => d.Result.Category),
                Column(d => (float)d.Result.CategoryConfidence), Column(d => (short)d.Result.Priority), Column(d => d.Result.Language),
                Column(d => StoredText.Clean(d.Result.Summary)), Column(d => (float)d.Result.Confidence), Column(d => (float)d.Result.Hostility),
                Column(d => d.Result.IsAutomated), Column(d => d.Result.Degraded), found.Select(JsonText).ToArray(),
                Column(d => d.Result.ModelVersion), now,
            ], cancel);
    }

    private async Task SaveDraftsAsync(NpgsqlConnection connection, IReadOnlyList<(WorkItem Item, IncomingMessage Message, TriageResult Result)> done, CancellationToken cancel)
    {
        // A message answered already keeps its answer: a second draft could become a second reply.
        await Sql.ExecuteAsync(connection, "update draft set state = 'Superseded', version = version + 1 where message_id = any($1) and state = 'Proposed'",
            [done.Select(d => d.Message.Id).ToArray()], cancel);
        var drafts = done.Where(d => d.Result.Draft is not null).ToArray();
        if (drafts.Length == 0) return;
        await Sql.ExecuteAsync(connection, """
            insert into draft (message_id, body, language, citations, state, version, created_at)
            select u.*, 'Proposed', 1, $5 from unnest($1, $2, $3, $4::jsonb[]) as u (message_id, body, language, citations)
            where not exists (select from draft d where d.message_id = u.message_id and d.state = 'Approved')
            """,
            [
                drafts.Select(d => d.Message.Id).ToArray(), drafts.Select(d => StoredText.Clean(d.Result.Draft!.Body)).ToArray(),
                drafts.Select(d => d.Result.Draft!.Language).ToArray(), drafts.Select(d => JsonText(d.Result.Draft!.Citations)).ToArray(), clock.GetUtcNow(),
            ], cancel);
    }

    /// <summary>jsonb refuses the escape of U+0000 where text refuses the character.</summary>
    private static string JsonText<T>(T value) => Sql.Json(value).Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal);
}
