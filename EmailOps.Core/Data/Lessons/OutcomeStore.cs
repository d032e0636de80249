using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Lessons;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>Whether drafts could have left as they stood, with the confidence triage had: the evidence that risk budgets rest on. One line a message, the last word counts.</summary>
internal sealed class OutcomeStore(NpgsqlDataSource source)
{
    private const string Automatic = "exists (select from outbound_message o where o.message_id = t.message_id and o.is_automatic and o.state <> 'Cancelled')";
    private const string Write = $"""
        insert into answer_outcome (message_id, mailbox_id, category, confidence, is_right, kind, is_automatic, model_version, at)
        select t.message_id, t.mailbox_id, coalesce(t.corrected_from, t.category), t.confidence, $2, $3, {Automatic}, t.model_version, $4 from triage_result t
        where t.message_id = $1 and exists (select from draft d where d.message_id = t.message_id)
        on conflict (message_id) do update set is_right = excluded.is_right, kind = excluded.kind, is_automatic = answer_outcome.is_automatic or excluded.is_automatic, at = excluded.at
        """;

    /// <summary>A draft was written for another category than the mail has.</summary>
    public static Task CorrectedAsync(NpgsqlConnection connection, long messageId, DateTimeOffset now, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, Write, [messageId, false, "Corrected", now], cancel);

    /// <summary>A person decided about the draft. What they said of the category stays: a draft of the wrong one could not have left.</summary>
    public static Task DecidedAsync(NpgsqlConnection connection, long messageId, LessonKind kind, bool isRight, DateTimeOffset now, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, Write + " where answer_outcome.kind <> 'Corrected'", [messageId, isRight, kind.ToString(), now], cancel);

    /// <summary>A decision was taken back: of an automatic answer that is an outcome of its own, of a person's it is none any more.</summary>
    /// <returns>Mailbox and message of an automatic answer that was taken back.</returns>
    public static async Task<List<(long Mailbox, long Message)>> TakenBackAsync(NpgsqlConnection connection, long draftId, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from answer_outcome a using draft d where d.id = $1 and a.message_id = d.message_id and a.kind in ('Approved', 'Edited', 'Rejected')", [draftId], cancel);
        return await Sql.QueryAsync(connection, """
            insert into answer_outcome (message_id, mailbox_id, category, confidence, is_right, kind, is_automatic, model_version, at)
            select t.message_id, t.mailbox_id, coalesce(t.corrected_from, t.category), t.confidence, false, 'Recalled', true, t.model_version, now()
            from triage_result t join outbound_message o on o.message_id = t.message_id where o.draft_id = $1 and o.is_automatic
            on conflict (message_id) do update set is_right = false, kind = 'Recalled', is_automatic = true, at = now() returning mailbox_id, message_id
            """, [draftId], r => (r.GetInt64(0), r.GetInt64(1)), cancel);
    }

    /// <summary>
    /// Counts what nobody said in words: automatic answers after which the customer wrote again, complained or fell silent. An answer that has its outcome is
    /// looked at again for as long as what was written in time may still be triaged; after that only for a complaint.
    /// </summary>
    public async Task<int> SweepAsync(LearningOptions options, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.ExecuteAsync(connection, """
            with answered as (
                select o.message_id, o.sent_at, m.thread_id, o.bounce_message_id,
                       exists (select from message n join triage_result nt on nt.message_id = n.id
                               where n.thread_id = m.thread_id and n.received_at > o.sent_at and n.received_at < o.sent_at + $1 and n.automated = 'Normal' and not nt.is_automated and nt.category <> all($2)) wrote,
                       exists (select from bounce_report b where b.outbound_id = o.id and b.kind = 'Complaint') complained
                from outbound_message o join message m on m.id = o.message_id
                where o.is_automatic and o.state = 'Sent' and o.sent_at > now() - $1 - interval '30 days'
                      and (o.sent_at > now() - $1 - interval '2 days' or not exists (select from answer_outcome k where k.message_id = o.message_id)
                           or exists (select from bounce_report b where b.outbound_id = o.id and b.kind = 'Complaint')))
            insert into answer_outcome (message_id, mailbox_id, category, confidence, is_right, kind, is_automatic, model_version, at)
            select t.message_id, t.mailbox_id, coalesce(t.corrected_from, t.category), t.confidence, not (a.wrote or a.complained), case when a.wrote or a.complained then 'Reopened' else 'Silent' end, true, t.model_version, now()
            from answered a join triage_result t on t.message_id = a.message_id
            where a.wrote or a.complained or a.sent_at < now() - $1
            on conflict (message_id) do update set is_right = false, kind = 'Reopened', is_automatic = true, at = now() where excluded.kind = 'Reopened' and answer_outcome.kind in ('Silent', 'Approved')
            """, [options.SilentAfter, options.ThanksCategories.ToArray()], cancel);
    }

    /// <summary>The outcomes of a mailbox by category, the most confident first.</summary>
    public async Task<Dictionary<string, List<Outcome>>> LoadAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, "select category, confidence, is_right from answer_outcome where mailbox_id = $1 order by at desc limit $2", [mailboxId, MostOutcomes],
            r => (Category: r.GetString(0), Outcome: new Outcome(r.GetFloat(1), r.GetBoolean(2))), cancel);
        return rows.GroupBy(r => r.Category).ToDictionary(g => g.Key, g => g.Select(r => r.Outcome).ToList());
    }

    /// <summary>Older ones were made by other models and from other articles.</summary>
    private const int MostOutcomes = 20_000;
}
