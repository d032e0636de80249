using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Policy;
using EmailOps.Core.Policy.Answers;
using EmailOps.Core.Triage;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What policy needs to know about one message.</summary>
/// <param name="Triage">Null for a message that could not be read as mail.</param>
/// <param name="DraftId">The draft that waits for a decision, if any.</param>
/// <param name="IsAnswered">A draft was approved before this decision.</param>
/// <param name="Trust">What the receiving server found out about the sender.</param>
internal sealed record PolicyCase(long MessageId, long MailboxId, DateTimeOffset ReceivedAt, bool IsUnparsable, StoredTriage? Triage, long? DraftId, bool IsAnswered, MailboxPolicy Policy, SenderTrust Trust)
{
    /// <summary>With <see cref="Triage"/>.</summary>
    public TriageFindings? Findings { get; init; }
    public DateTimeOffset StoredAt { get; init; }
    /// <summary>There was a decision before this one: it is not counted again.</summary>
    public bool IsDecided { get; init; }
}

/// <summary>Reads the cases and writes the decisions, a batch at a time.</summary>
internal sealed class PolicyStore(NpgsqlDataSource source, PolicyOptions defaults, TimeProvider clock, FindingsAtHand atHand)
{
    public async Task<Dictionary<long, PolicyCase>> LoadAsync(IEnumerable<long> messageIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var policies = (await Sql.QueryAsync(connection, "select mailbox_id, rules, version from mailbox_policy", [],
            r => (Mailbox: r.GetInt64(0), Policy: Sql.FromJson<MailboxPolicy>(r.GetString(1)) with { Version = r.GetInt32(2) }), cancel)).ToDictionary(p => p.Mailbox, p => p.Policy);
        foreach (var (mailbox, risk) in await RiskStore.RulesAsync(connection, cancel)) policies[mailbox] = policies.GetValueOrDefault(mailbox, defaults.Default) with { Risk = risk };
        var ids = messageIds.ToArray();
        var cases = await CasesAsync(connection, policies, ids, [.. ids.Where(atHand.Has)], cancel);
        // Judged again since, or dropped meanwhile.
        var gone = cases.Where(c => c is { Triage: not null, Findings: null }).Select(c => c.MessageId).ToArray();
        if (gone.Length > 0) cases = [.. cases.Where(c => !gone.Contains(c.MessageId)), .. await CasesAsync(connection, policies, gone, [], cancel)];
        return cases.DistinctBy(c => c.MessageId).ToDictionary(c => c.MessageId);
    }

    /// <param name="held">Whose findings are at hand and not read.</param>
    private Task<List<PolicyCase>> CasesAsync(NpgsqlConnection connection, Dictionary<long, MailboxPolicy> policies, long[] ids, long[] held, CancellationToken cancel)
        => Sql.QueryAsync(connection, """
            select m.id, m.mailbox_id, m.received_at, m.is_unparsable, t.category, t.category_confidence, t.priority, t.language, t.summary, t.confidence,
                   t.hostility, t.is_automated, t.degraded, case when m.id = any($2) then null else t.findings end, t.model_version, t.judged_at, d.id,
                   exists (select from draft a where a.message_id = m.id and a.state = 'Approved'), m.trust, m.stored_at,
                   exists (select from decision x where x.message_id = m.id)
            from message m left join triage_result t on t.message_id = m.id left join draft d on d.message_id = m.id and d.state = 'Proposed'
            where m.id = any($1)
            """, [ids, held], r => Read(r, policies), cancel);

    /// <summary>The rules of a mailbox, its budget of wrong answers included; null: of mail that belongs to none.</summary>
    public async Task<MailboxPolicy> OfAsync(long? mailboxId, CancellationToken cancel)
    {
        if (mailboxId is not { } id) return defaults.Default;
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rules = await Sql.QueryAsync(connection, "select rules, version from mailbox_policy where mailbox_id = $1", [id], r => Sql.FromJson<MailboxPolicy>(r.GetString(0)) with { Version = r.GetInt32(1) }, cancel);
        var policy = rules is [var own] ? own : defaults.Default;
        return (await RiskStore.RulesAsync(connection, cancel)).TryGetValue(id, out var risk) ? policy with { Risk = risk } : policy;
    }

    /// <summary>What speaks for or against answering these messages without a person.</summary>
    public async Task<Dictionary<long, AnswerFacts>> FactsAsync(IReadOnlyCollection<long> messageIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await BrakeFacts.LoadAsync(connection, messageIds, planned: true, cancel);
    }

    /// <summary>An automatic answer that was ordered does not leave: a person sees the message and why. Other decisions stand.</summary>
    internal static Task HandBackAsync(NpgsqlConnection connection, long messageId, DecisionKind kind, string reason, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "update decision set kind = $2, reasons = jsonb_build_array($3::text) || reasons where message_id = $1 and kind = 'SendReply'", [messageId, kind.ToString(), reason], cancel);

    /// <summary>A message that was answered needs a person again.</summary>
    internal static Task ReopenAsync(NpgsqlConnection connection, long messageId, string reason, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "update decision set kind = 'HoldForReview', reasons = jsonb_build_array($2::text) || reasons where message_id = $1", [messageId, reason], cancel);

    private PolicyCase Read(NpgsqlDataReader row, Dictionary<long, MailboxPolicy> policies)
    {
        var (id, mailbox, received) = (row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2));
        var json = row.IsDBNull(13) ? null : row.GetString(13);
        var triage = row.IsDBNull(4) ? null : new StoredTriage
        {
            MessageId = id, MailboxId = mailbox, ReceivedAt = received,
            Category = row.GetString(4), CategoryConfidence = row.GetFloat(5), Priority = row.GetInt16(6), Language = row.GetString(7), Summary = row.GetString(8),
            Confidence = row.GetFloat(9), Hostility = row.GetFloat(10), IsAutomated = row.GetBoolean(11), Degraded = row.GetBoolean(12),
            Findings = json ?? "", ModelVersion = row.GetString(14), JudgedAt = row.GetFieldValue<DateTimeOffset>(15),
        };
        var findings = json is not null ? Sql.FromJson<TriageFindings>(json) : triage is not null ? atHand.Take(id, triage.JudgedAt) : null;
        return new PolicyCase(id, mailbox, received, row.GetBoolean(3), triage, row.IsDBNull(16) ? null : row.GetInt64(16), row.GetBoolean(17),
            policies.GetValueOrDefault(mailbox, defaults.Default), Enum.Parse<SenderTrust>(row.GetString(18))) { Findings = findings, StoredAt = row.GetFieldValue<DateTimeOffset>(19), IsDecided = row.GetBoolean(20) };
    }

    /// <summary>Stores decisions, approves drafts that policy answers with, ends the items and queues delivery and escalation, in one transaction.</summary>
    public async Task SaveAsync(IReadOnlyList<(WorkItem Item, PolicyCase Case, Decision Decision)> done, CancellationToken cancel)
    {
        if (done.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, [.. done.Select(d => d.Item)], cancel);
        done = [.. done.DistinctBy(d => d.Case.MessageId).OrderBy(d => d.Case.MessageId)];
        var now = clock.GetUtcNow();
        await Sql.ExecuteAsync(connection, """
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at, category, priority, language)
            select u.*, $7, t.category, t.priority, t.language from unnest($1, $2, $3, $4, $5::jsonb[], $6) u (message_id) left join triage_result t on t.message_id = u.message_id
            on conflict (message_id) do update set kind = excluded.kind, reasons = excluded.reasons, policy_version = excluded.policy_version, decided_at = excluded.decided_at,
                category = excluded.category, priority = excluded.priority, language = excluded.language
            """,
            [
                done.Select(d => d.Case.MessageId).ToArray(), done.Select(d => d.Case.MailboxId).ToArray(), done.Select(d => d.Case.ReceivedAt).ToArray(),
                done.Select(d => d.Decision.Kind.ToString()).ToArray(), done.Select(d => Sql.Json(d.Decision.Reasons)).ToArray(),
                done.Select(d => d.Decision.PolicyVersion).ToArray(), now,
            ], cancel);
        var answered = done.Where(d => d.Decision.Kind == DecisionKind.SendReply && d.Case.DraftId is not null).ToArray();
        if (answered.Length > 0)
        {
            await Sql.ExecuteAsync(connection, "update draft set state = 'Approved', version = version + 1, decided_by = 'policy', decided_at = $2 where id = any($1) and state = 'Proposed'",
                [answered.Select(d => d.Case.DraftId!.Value).ToArray(), now], cancel);
            await WorkQueue.EnqueueAsync(connection, [.. answered.Select(d => new NewWork(Stage.Delivery, d.Case.DraftId!.Value, d.Case.MailboxId, d.Item.Priority) { TraceParent = d.Item.TraceParent })], cancel);
        }
        await WorkQueue.EnqueueAsync(connection, [.. done.Where(d => d.Decision.Kind == DecisionKind.Escalate).Select(d => new NewWork(Stage.Escalation, d.Case.MessageId, d.Case.MailboxId, d.Item.Priority) { TraceParent = d.Item.TraceParent })], cancel);
        await BrakeStore.TripAsync(connection, [.. done.Where(d => d.Decision.Brake is not null).Select(d => (d.Case.MailboxId, d.Decision.Brake!, d.Case.MessageId))], cancel);
        await LiveEvents.AnnounceAsync(connection, "message", done[^1].Case.MessageId, cancel);
        await transaction.CommitAsync(cancel);
    }
}
