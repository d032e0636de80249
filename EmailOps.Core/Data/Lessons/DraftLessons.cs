using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>What a person's decision about a draft teaches, in the transaction of the decision.</summary>
internal static class DraftLessons
{
    public static async Task WriteAsync(NpgsqlConnection connection, Draft draft, string actor, DateTimeOffset now, bool takenBack, CancellationToken cancel)
    {
        if (takenBack)
        {
            await TakeBackAsync(connection, draft.Id, actor, cancel);
            return;
        }
        if (draft.State is not (DraftState.Approved or DraftState.Rejected)) return;
        // Of a message judged again meanwhile the stored category is still the one that people saw beside the draft.
        var triage = await Sql.QueryAsync(connection, "select mailbox_id, category from triage_result where message_id = $1", [draft.MessageId], r => (Mailbox: r.GetInt64(0), Category: r.GetString(1)), cancel);
        if (triage is not [var (mailbox, category)]) return;
        var changed = draft.ProposedBody is { } proposed ? DraftChange.Share(proposed, draft.Body) : 0;
        var kind = draft.State == DraftState.Rejected ? LessonKind.Rejected : draft.ProposedBody is null ? LessonKind.Approved : LessonKind.Edited;
        await LessonStore.AddAsync(connection, new NewLesson(mailbox, draft.MessageId, kind, category, actor, DraftId: draft.Id, Changed: kind == LessonKind.Edited ? changed : null), now, cancel);
        await OutcomeStore.DecidedAsync(connection, draft.MessageId, kind, kind == LessonKind.Approved || kind == LessonKind.Edited && changed <= DraftChange.Slight, now, cancel);
    }

    /// <summary>A decision about a draft was taken back, or an automatic answer before it left: that is an outcome of its own.</summary>
    public static async Task TakeBackAsync(NpgsqlConnection connection, long draftId, string actor, CancellationToken cancel)
    {
        var taken = await Sql.QueryAsync(connection, "update lesson set undone_at = now(), undone_by = $2 where draft_id = $1 and undone_at is null returning mailbox_id, message_id", [draftId, actor], r => (Mailbox: r.GetInt64(0), Message: r.GetInt64(1)), cancel);
        var recalled = await OutcomeStore.TakenBackAsync(connection, draftId, cancel);
        if (taken.Concat(recalled).FirstOrDefault() is (Mailbox: > 0 and var mailbox, Message: var message)) await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, message, mailbox)], cancel);
    }
}
