using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Drafts;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>How a conditional write ended.</summary>
internal enum WriteOutcome { Done, NotFound, VersionConflict, WrongState }

/// <summary>What people decide about drafts: every write is conditional on the version they saw and leaves an audit entry, in one transaction.</summary>
internal sealed class DraftStore(IDbContextFactory<EmailOpsDb> databases, TimeProvider clock)
{
    public Task<WriteOutcome> EditAsync(long id, int version, string actor, string body, CancellationToken cancel)
        => ChangeAsync(id, version, actor, "draft.edit", d => d.State == DraftState.Proposed, (d, _) => { Edit(d, body); return "Edited the draft."; }, null, cancel);

    /// <summary>Approves and queues delivery; the edited text, if any, is what is sent.</summary>
    public Task<WriteOutcome> ApproveAsync(long id, int version, string actor, string? body, CancellationToken cancel)
        => ChangeAsync(id, version, actor, "draft.approve", d => d.State == DraftState.Proposed, (d, now) =>
        {
            if (body is not null) Edit(d, body);
            (d.State, d.DecidedBy, d.DecidedAt) = (DraftState.Approved, actor, now);
            return d.ProposedBody is null ? "Approved the draft as proposed." : "Approved an edited draft.";
        }, Stage.Delivery, cancel);

    public Task<WriteOutcome> RejectAsync(long id, int version, string actor, string? reason, CancellationToken cancel)
        => ChangeAsync(id, version, actor, "draft.reject", d => d.State == DraftState.Proposed, (d, now) =>
        {
            (d.State, d.DecidedBy, d.DecidedAt) = (DraftState.Rejected, actor, now);
            return string.IsNullOrWhiteSpace(reason) ? "Rejected the draft." : $"Rejected the draft: {StoredText.Clean(reason.Trim())}";
        }, null, cancel);

    /// <summary>Takes back an approval that has not left, or a rejection.</summary>
    public Task<WriteOutcome> ReopenAsync(long id, int version, string actor, CancellationToken cancel)
        => ChangeAsync(id, version, actor, "draft.reopen", d => d.State is DraftState.Approved or DraftState.Rejected, (d, _) =>
        {
            (d.State, d.DecidedBy, d.DecidedAt) = (DraftState.Proposed, null, null);
            return "Took the decision back.";
        }, null, cancel, takeBack: true);

    private static void Edit(Draft draft, string body)
    {
        var text = StoredText.Clean(body).ReplaceLineEndings("\n").Trim();
        if (text == draft.Body) return;
        draft.ProposedBody ??= draft.Body;
        draft.Body = text;
        if (draft.ProposedBody == text) draft.ProposedBody = null;
    }

    private async Task<WriteOutcome> ChangeAsync(long id, int version, string actor, string action, Func<Draft, bool> allowed,
        Func<Draft, DateTimeOffset, string> change, Stage? next, CancellationToken cancel, bool takeBack = false)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Locked: delivery of this draft is either done, and seen below, or waits and then sees what we wrote.
        var draft = (await db.Drafts.FromSql($"select * from draft where id = {id} for update").ToListAsync(cancel)).SingleOrDefault();
        if (draft is null) return WriteOutcome.NotFound;
        if (draft.Version != version) return WriteOutcome.VersionConflict;
        if (!allowed(draft)) return WriteOutcome.WrongState;
        if (takeBack && !await CancelOutboundAsync(db, id, actor, cancel)) return WriteOutcome.WrongState;

        var now = clock.GetUtcNow();
        var detail = change(draft, now);
        draft.Version++;
        db.Audit.Add(new AuditEntry { At = now, Actor = actor, Action = action, SubjectKind = "message", SubjectId = draft.MessageId, Detail = detail });
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            return WriteOutcome.VersionConflict; // somebody was faster between our read and our write
        }
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await DraftLessons.WriteAsync(connection, draft, actor, now, takeBack, cancel);
        if (next is { } stage)
        {
            var mailbox = await db.Messages.Where(m => m.Id == draft.MessageId).Select(m => m.MailboxId).SingleAsync(cancel);
            await WorkQueue.EnqueueAsync(connection, [new NewWork(stage, draft.Id, mailbox, 9) { TraceParent = await MessageTraces.FindAsync(connection, draft.MessageId, cancel) }], cancel);
        }
        await LiveEvents.AnnounceAsync(connection, "draft", draft.MessageId, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    /// <summary>The reply of an approved draft does not leave after all; in the caller's transaction, which has the draft locked.</summary>
    internal static Task ProposeAgainAsync(NpgsqlConnection connection, long draftId, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "update draft set state = 'Proposed', version = version + 1, decided_by = null, decided_at = null where id = $1 and state = 'Approved'", [draftId], cancel);

    /// <returns>False when the reply has left or is leaving.</returns>
    private static async Task<bool> CancelOutboundAsync(EmailOpsDb db, long draftId, string actor, CancellationToken cancel)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var rows = await Sql.QueryAsync(connection, "select id, message_id from outbound_message where draft_id = $1", [draftId], r => (Id: r.GetInt64(0), MessageId: r.GetInt64(1)), cancel);
        await Sql.ExecuteAsync(connection, "delete from work_item where stage = $1 and subject_id = $2 and lease is null", [(short)Stage.Delivery, draftId], cancel);
        if (rows is not [var (id, message)]) return true;
        if (await OutboxRow.LockAsync(connection, id, null, cancel) is not { } row) return true;
        if (row.State is OutboundState.Cancelled or OutboundState.Failed) return true;
        if (row.State is not (OutboundState.Withheld or OutboundState.Held or OutboundState.Queued)) return false;
        await Sql.ExecuteAsync(connection, "delete from work_item where stage = $1 and subject_id = $2 and lease is null", [(short)Stage.Sending, id], cancel);
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Cancelled', detail = 'Taken back by an operator.', hold_until = null where id = $1", [id], cancel);
        await PolicyStore.HandBackAsync(connection, message, DecisionKind.Suggest, $"{actor} took the automatic answer back.", cancel);
        return true;
    }
}
