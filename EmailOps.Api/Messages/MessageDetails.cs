using EmailOps.Api.Drafts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Summaries;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Messages;

/// <summary>Everything the message page shows, put together from what the rooms stored.</summary>
internal sealed class MessageDetails(IDbContextFactory<EmailOpsDb> databases, MessageList list, ConsultViews consultations, DraftViews drafts, MessageLabels labels)
{
    private const int Snippet = 160, MaxThread = 200;
    /// <summary>Fewer messages are read faster than a summary of them.</summary>
    private const int LongThread = 3;
    /// <summary>Characters of each message that a summary reads, and its own length.</summary>
    private const int SummaryReads = 6_000, SummaryWords = 90;

    public async Task<MessageDetail?> FindAsync(long id, CancellationToken cancel)
    {
        if (await list.FindAsync(id, cancel) is not { } item) return null;
        await using var db = await databases.CreateDbContextAsync(cancel);
        var message = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == id, cancel);
        var raw = await db.RawMails.AsNoTracking().SingleAsync(r => r.Id == message.RawId, cancel);
        var triage = await db.TriageResults.AsNoTracking().SingleOrDefaultAsync(t => t.MessageId == id, cancel);
        var decision = await db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.MessageId == id, cancel);
        var draft = await db.Drafts.AsNoTracking().Where(d => d.MessageId == id && d.State != DraftState.Superseded).OrderByDescending(d => d.Id).FirstOrDefaultAsync(cancel);
        var outbound = draft is null ? null : await db.Outbound.AsNoTracking().SingleOrDefaultAsync(o => o.DraftId == draft.Id, cancel);
        var history = await db.Audit.AsNoTracking().Where(a => a.SubjectKind == "message" && a.SubjectId == id).OrderByDescending(a => a.Id).Take(100).ToListAsync(cancel);
        var content = MessageContent.Read(raw, message.IsUnparsable);
        var recipients = Sql.FromJson<Recipients>(message.Recipients);
        var thread = await ThreadAsync(db, message.ThreadId, MaxThread, cancel);
        return new MessageDetail
        {
            Message = item,
            To = recipients.To,
            Cc = recipients.Cc,
            InternetMessageId = message.InternetMessageId,
            Date = message.SentAt,
            Text = message.Text,
            NewText = message.NewText ?? message.Text,
            QuotedText = content.QuotedText,
            ReplyDoubtful = message.ReplyDoubtful,
            HasHtml = content.HasHtml,
            SizeBytes = raw.SizeBytes,
            Attachments = message.Attachments is { } json ? Sql.FromJson<AttachmentInfo[]>(json) : [],
            Trust = message.Trust,
            TrustReason = message.TrustReason,
            RelatedThreadId = message.RelatedThreadId,
            Related = message.RelatedThreadId is { } related && await ThreadAsync(db, related, 1, cancel) is [var first] ? first : null,
            Defects = content.Defects,
            Triage = triage is null ? null : View(triage),
            Decision = decision is null ? null : View(decision),
            Draft = draft is null ? null : await drafts.ViewAsync(db, draft, message, cancel),
            Evidence = triage is null ? MessageEvidence.None : Evidence(message, content.QuotedText, Sql.FromJson<TriageFindings>(triage.Findings).Signals),
            Outbound = outbound?.View(),
            Thread = thread,
            ThreadSummary = thread.Count < LongThread ? null : await SummaryAsync(db, message.ThreadId, triage?.Language ?? Languages.Undetermined, cancel),
            Consultation = await consultations.FindAsync(id, cancel),
            TraceId = await MessageTraces.IdAsync(db, id, cancel),
            Labels = await labels.OfAsync(message.MailboxId, id, triage is null ? [] : Sql.FromJson<TriageFindings>(triage.Findings).Labels ?? [], cancel),
            History = [.. history.Select(a => new AuditView(a.At, a.Actor, a.Action, a.Detail))],
        };
    }

    public async Task<DraftView> DraftAsync(long id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var draft = await db.Drafts.AsNoTracking().SingleAsync(d => d.Id == id, cancel);
        return await drafts.ViewAsync(db, draft, await db.Messages.AsNoTracking().SingleAsync(m => m.Id == draft.MessageId, cancel), cancel);
    }

    private static async Task<IReadOnlyList<ThreadEntry>> ThreadAsync(EmailOpsDb db, long threadId, int most, CancellationToken cancel)
    {
        var rows = await db.Messages.AsNoTracking().Where(m => m.ThreadId == threadId).OrderBy(m => m.ReceivedAt).ThenBy(m => m.Id).Take(most)
            .Select(m => new { m.Id, m.FromName, m.FromAddress, m.ReceivedAt, m.Subject, Text = (m.NewText ?? m.Text).Substring(0, Snippet) }).ToListAsync(cancel);
        return [.. rows.Select(m => new ThreadEntry(m.Id, new Correspondent(m.FromName, m.FromAddress), m.ReceivedAt, m.Subject, m.Text.ReplaceLineEndings(" ")))];
    }

    private static MessageEvidence Evidence(Message message, string quoted, IReadOnlyList<Signal> signals) => new(
        EvidenceSpans.Find(message.Text, signals), EvidenceSpans.Find(message.NewText ?? message.Text, signals), EvidenceSpans.Find(quoted, signals),
        message.HiddenText, EvidenceSpans.Find(message.HiddenText ?? "", signals));

    private static async Task<string> SummaryAsync(EmailOpsDb db, long threadId, string language, CancellationToken cancel)
    {
        var rows = await db.Messages.AsNoTracking().Where(m => m.ThreadId == threadId).OrderBy(m => m.ReceivedAt).ThenBy(m => m.Id).Take(MaxThread)
            .Select(m => new { m.FromName, m.FromAddress, m.Subject, Text = (m.NewText ?? m.Text).Substring(0, SummaryReads) }).ToListAsync(cancel);
        var thread = new ThreadText(rows.Count > 0 ? rows[0].Subject : "", rows.Select(m => ThreadMail.Of(m.FromName ?? m.FromAddress, m.Text)));
        return ThreadSummary.Of(thread, language, new SummaryLength(SummaryWords, 0.6));
    }

    private static DecisionView View(StoredDecision d) => new(d.Kind, Sql.FromJson<string[]>(d.Reasons), d.PolicyVersion, d.DecidedAt);

    private static TriageView View(StoredTriage t) => t.Result(Sql.FromJson<TriageFindings>(t.Findings), draft: null).View(t.JudgedAt);
}
