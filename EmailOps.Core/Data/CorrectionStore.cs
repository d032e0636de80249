using EmailOps.Core.Audit;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Agents;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>An operator's word on what triage said.</summary>
internal sealed class CorrectionStore(IDbContextFactory<EmailOpsDb> databases, TimeProvider clock)
{
    /// <summary>Sets the category people see; what triage had said stays beside it, and the correction joins the golden set.</summary>
    public async Task<WriteOutcome> CorrectAsync(long messageId, string category, string actor, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var triage = await db.TriageResults.FromSql($"select * from triage_result where message_id = {messageId} for update").SingleOrDefaultAsync(cancel);
        if (triage is null) return WriteOutcome.NotFound;
        if (triage.Category == category) return WriteOutcome.Done;
        var now = clock.GetUtcNow();
        var correction = new Correction { MessageId = messageId, FromCategory = triage.Category, ToCategory = category, Actor = actor, At = now };
        db.Corrections.Add(correction);
        db.Audit.Add(new AuditEntry { At = now, Actor = actor, Action = "message.category", SubjectKind = "message", SubjectId = messageId, Detail = $"Category {triage.Category} corrected to {category}." });
        var judged = triage.CorrectedFrom ?? triage.Category;
        triage.CorrectedFrom = judged == category ? null : judged;
        triage.Category = category;
        await db.SaveChangesAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await LessonStore.AddAsync(connection, new NewLesson(triage.MailboxId, messageId, LessonKind.Category, category, actor, correction.FromCategory, CorrectionId: correction.Id), now, cancel);
        await OutcomeStore.CorrectedAsync(connection, messageId, now, cancel);
        await LiveEvents.AnnounceAsync(connection, "message", messageId, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    /// <summary>Sets the priority people see; what triage had said stays beside it, and the mailbox's model learns how far people move it.</summary>
    public async Task<WriteOutcome> PrioritizeAsync(long messageId, int priority, string actor, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var triage = await db.TriageResults.FromSql($"select * from triage_result where message_id = {messageId} for update").SingleOrDefaultAsync(cancel);
        if (triage is null) return WriteOutcome.NotFound;
        if (triage.Priority == priority) return WriteOutcome.Done;
        var now = clock.GetUtcNow();
        var judged = triage.PriorityFrom ?? triage.Priority;
        db.Audit.Add(new AuditEntry { At = now, Actor = actor, Action = "message.priority", SubjectKind = "message", SubjectId = messageId, Detail = $"Priority {triage.Priority} corrected to {priority}." });
        triage.PriorityFrom = judged == priority ? null : judged;
        triage.Priority = (short)priority;
        await db.SaveChangesAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        // Measured from what triage says without having learned, or each correction would undo the one before.
        var learned = Sql.FromJson<TriageFindings>(triage.Findings).Signals.FirstOrDefault(s => s.Name == PriorityAgent.LearnedSignal)?.Evidence;
        var own = Math.Clamp(judged - (int.TryParse(learned, System.Globalization.CultureInfo.InvariantCulture, out var moved) ? moved : 0), 1, 10);
        await LessonStore.AddAsync(connection, new NewLesson(triage.MailboxId, messageId, LessonKind.Priority, triage.Category, actor, Priority: priority, WasPriority: own), now, cancel);
        await LiveEvents.AnnounceAsync(connection, "message", messageId, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    /// <summary>Queues a message for triage again, ahead of what came by itself.</summary>
    /// <returns><see cref="WriteOutcome.WrongState"/> when it was answered: the answer must be taken back first.</returns>
    public async Task<WriteOutcome> RetriageAsync(long messageId, string actor, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var message = await db.Messages.Where(m => m.Id == messageId).Select(m => new { m.MailboxId, m.IsUnparsable }).SingleOrDefaultAsync(cancel);
        if (message is null) return WriteOutcome.NotFound;
        if (await db.Drafts.AnyAsync(d => d.MessageId == messageId && d.State == Contracts.DraftState.Approved, cancel)) return WriteOutcome.WrongState;
        db.Audit.Add(new AuditEntry { At = clock.GetUtcNow(), Actor = actor, Action = "message.retriage", SubjectKind = "message", SubjectId = messageId, Detail = "Asked for triage again." });
        await db.SaveChangesAsync(cancel);
        var stage = message.IsUnparsable ? Stage.Policy : Stage.Triage;
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await WorkQueue.EnqueueAsync(connection, [new NewWork(stage, messageId, message.MailboxId, 8) { TraceParent = await MessageTraces.FindAsync(connection, messageId, cancel) }], cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }
}
