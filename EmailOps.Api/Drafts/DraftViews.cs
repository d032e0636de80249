using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Drafts;

/// <summary>A draft as it is shown: checked against the articles as they are now, also after a person edited it.</summary>
internal sealed class DraftViews(TriageSource triage)
{
    public async Task<DraftView> ViewAsync(EmailOpsDb db, Draft draft, Message message, CancellationToken cancel)
    {
        var citations = Sql.FromJson<Citation[]>(draft.Citations);
        var ids = citations.Select(c => c.ArticleId).Distinct().ToArray();
        var articles = ids.Length == 0 ? [] : await db.Articles.AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync(cancel);
        var passages = articles.SelectMany(a => Passages.Of(a.Article())).Where(p => citations.Any(c => c.ArticleId == p.Article.Id && c.Heading == p.Heading)).ToList();
        var mail = new GroundingMail($"{message.Subject}\n{message.NewText ?? message.Text}", message.FromAddress, message.FromName);
        return new DraftView(draft.Id, draft.Body, draft.ProposedBody, draft.Language, draft.State, draft.Version, citations, draft.DecidedBy, draft.DecidedAt,
            GroundingGate.Check(draft.Body, draft.Language, passages, mail, await triage.RepliesAsync(message.MailboxId, cancel)));
    }
}
