using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>Takes a correction back: the message shows again what it showed before, and the model is made without it.</summary>
internal sealed class LessonUndo(NpgsqlDataSource source)
{
    /// <returns><see cref="WriteOutcome.WrongState"/> when it was taken back already, or is a decision about a draft, which is taken back there.</returns>
    public async Task<WriteOutcome> UndoAsync(long lessonId, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var found = await Sql.QueryAsync(connection, "select mailbox_id, message_id, kind, correction_id, learned_in, undone_at is not null, coalesce(label_id, 0) from lesson where id = $1 for update", [lessonId],
            r => (Mailbox: r.GetInt64(0), Message: r.GetInt64(1), Kind: Enum.Parse<LessonKind>(r.GetString(2)), Correction: r.IsDBNull(3) ? (long?)null : r.GetInt64(3), IsLearned: !r.IsDBNull(4), IsUndone: r.GetBoolean(5),
                Label: r.GetInt64(6)), cancel);
        if (found is not [var lesson]) return WriteOutcome.NotFound;
        if (lesson.IsUndone || lesson.Kind is not (LessonKind.Category or LessonKind.Priority or LessonKind.Label)) return WriteOutcome.WrongState;
        await Sql.ExecuteAsync(connection, "update lesson set undone_at = now(), undone_by = $2 where id = $1", [lessonId, actor], cancel);
        if (lesson.Kind == LessonKind.Category) await CategoryAsync(connection, lesson.Message, lesson.Correction, cancel);
        else if (lesson.Kind == LessonKind.Priority) await PriorityAsync(connection, lesson.Message, cancel);
        else await LabelAsync(connection, lesson.Message, lesson.Label, cancel);
        // Words cannot be untaught one by one. Held models too: it is done when they are let go.
        if (lesson is { IsLearned: true, Kind: LessonKind.Category or LessonKind.Label })
            await Sql.ExecuteAsync(connection, "update mailbox_model set retrain_for = $2, revision = revision + 1 where mailbox_id = $1 and topic = $3",
                [lesson.Mailbox, $"a correction taken back by {actor}", lesson.Kind == LessonKind.Label ? nameof(Contracts.ModelTopic.Labels) : nameof(Contracts.ModelTopic.Categories)], cancel);
        await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, lesson.Message, lesson.Mailbox, 9)], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'message.undo', 'message', $2, $3)",
            [actor, lesson.Message, $"The correction of the {lesson.Kind.ToString().ToLowerInvariant()} was taken back."], cancel);
        await LiveEvents.AnnounceAsync(connection, "message", lesson.Message, cancel);
        await LiveEvents.AnnounceAsync(connection, "model", lesson.Mailbox, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    /// <summary>What was said of the label before holds again; where nothing was, nothing is.</summary>
    private static async Task LabelAsync(NpgsqlConnection connection, long messageId, long labelId, CancellationToken cancel)
    {
        const string before = "select is_on, actor, at from lesson where message_id = $1 and label_id = $2 and kind = 'Label' and undone_at is null order by id desc limit 1";
        if (await Sql.ExecuteAsync(connection, $"update message_label l set is_on = b.is_on, actor = b.actor, at = b.at from ({before}) b where l.message_id = $1 and l.label_id = $2", [messageId, labelId], cancel) == 0)
            await Sql.ExecuteAsync(connection, "delete from message_label where message_id = $1 and label_id = $2", [messageId, labelId], cancel);
    }

    private static async Task CategoryAsync(NpgsqlConnection connection, long messageId, long? correctionId, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "update correction set undone_at = now() where id = $1::bigint", [correctionId], cancel);
        await Sql.ExecuteAsync(connection, """
            with now_right as (
                select coalesce((select l.category from lesson l where l.message_id = $1 and l.kind = 'Category' and l.undone_at is null order by l.id desc limit 1), t.corrected_from, t.category) category
                from triage_result t where t.message_id = $1)
            update triage_result t set category = n.category, corrected_from = nullif(coalesce(t.corrected_from, t.category), n.category) from now_right n where t.message_id = $1
            """, [messageId], cancel);
        await Sql.ExecuteAsync(connection, """
            delete from answer_outcome where message_id = $1 and kind = 'Corrected' and not exists (select from lesson where message_id = $1 and kind = 'Category' and undone_at is null)
            """, [messageId], cancel);
    }

    private static Task<int> PriorityAsync(NpgsqlConnection connection, long messageId, CancellationToken cancel) => Sql.ExecuteAsync(connection, """
        with now_right as (
            select coalesce((select l.priority from lesson l where l.message_id = $1 and l.kind = 'Priority' and l.undone_at is null order by l.id desc limit 1), t.priority_from, t.priority) priority
            from triage_result t where t.message_id = $1)
        update triage_result t set priority = n.priority, priority_from = nullif(coalesce(t.priority_from, t.priority), n.priority) from now_right n where t.message_id = $1
        """, [messageId], cancel);
}
