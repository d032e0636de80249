using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Lessons;
using Npgsql;

namespace EmailOps.Core.Data.Labels;

/// <summary>What people say of a message's labels. Each word of theirs is an audit entry and a lesson, in the transaction that writes it.</summary>
internal sealed class MessageLabels(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>All labels in use in a mailbox, with how each stands on a message.</summary>
    /// <param name="proposals">What triage found.</param>
    public async Task<IReadOnlyList<MessageLabelView>> OfAsync(long mailboxId, long messageId, IReadOnlyList<LabelProposal> proposals, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select l.id, l.name, l.description, s.is_on, s.actor, s.at from label l left join message_label s on s.label_id = l.id and s.message_id = $2
            where l.mailbox_id = $1 and l.retired_at is null order by lower(l.name)
            """, [mailboxId, messageId], r =>
            {
                var (id, name, description) = (r.GetInt64(0), r.GetString(1), r.GetString(2));
                if (!r.IsDBNull(3)) return new MessageLabelView(id, name, description, r.GetBoolean(3) ? LabelState.Set : LabelState.Off, By: r.GetString(4), At: r.GetFieldValue<DateTimeOffset>(5));
                return proposals.FirstOrDefault(p => p.Id == id) is { } proposal
                    ? new MessageLabelView(id, name, description, LabelState.Proposed, proposal.Probability, proposal.Reason)
                    : new MessageLabelView(id, name, description, LabelState.None);
            }, cancel);
    }

    /// <summary>Puts a label on a message or takes it off. Said already, nothing is written.</summary>
    /// <returns>How many messages did not stand so before; with an outcome when it cannot be done at all.</returns>
    /// <param name="messages">Of the label's mailbox; at most <see cref="Triage.Labels.LabelRules.MostMessages"/>.</param>
    public async Task<(WriteOutcome Outcome, int Changed, string? Problem)> SayAsync(long labelId, IReadOnlyCollection<long> messages, bool isOn, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Held while it is written: a label is not retired between the look and the word.
        var labels = await Sql.QueryAsync(connection, "select mailbox_id, name, retired_at is not null from label where id = $1 for share", [labelId], r => (Mailbox: r.GetInt64(0), Name: r.GetString(1), IsRetired: r.GetBoolean(2)), cancel);
        if (labels is not [var label]) return (WriteOutcome.NotFound, 0, null);
        if (label.IsRetired) return (WriteOutcome.WrongState, 0, $"The label \"{label.Name}\" is retired. Restore it first.");
        long[] wanted = [.. messages.Distinct().Order()];
        var known = await Sql.QueryAsync(connection, "select id from message where id = any($1) and mailbox_id = $2", [wanted, label.Mailbox], r => r.GetInt64(0), cancel);
        if (wanted.Except(known).ToList() is { Count: > 0 } missing) return (WriteOutcome.NotFound, 0, $"The mailbox of \"{label.Name}\" has no message {string.Join(", ", missing.Take(5))}.");
        var now = clock.GetUtcNow();
        // Taken off where it never was is a word, too: it turns a proposal down.
        var changed = await Sql.QueryAsync(connection, """
            insert into message_label (message_id, label_id, received_at, is_on, actor, at) select m.id, $2, m.received_at, $3, $4, $5 from message m where m.id = any($1) order by m.id
            on conflict (message_id, label_id) do update set is_on = excluded.is_on, actor = excluded.actor, at = excluded.at where message_label.is_on <> excluded.is_on
            returning message_id
            """, [wanted, labelId, isOn, StoredText.Clean(actor), now], r => r.GetInt64(0), cancel);
        foreach (var message in changed)
        {
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'message.label', 'message', $3, $4)",
                [now, StoredText.Clean(actor), message, $"Label \"{label.Name}\" {(isOn ? "put on" : "taken off")}."], cancel);
            await LessonStore.AddAsync(connection, new NewLesson(label.Mailbox, message, LessonKind.Label, "", actor, LabelId: labelId, IsOn: isOn), now, cancel);
            await LiveEvents.AnnounceAsync(connection, "message", message, cancel);
        }
        await transaction.CommitAsync(cancel);
        return (WriteOutcome.Done, changed.Count, null);
    }
}
