using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Messages;

/// <summary>Raw bytes of messages and of ledger lines.</summary>
internal sealed class RawMails(IDbContextFactory<EmailOpsDb> databases)
{
    public async Task<RawMail?> OfMessageAsync(long messageId, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await (from m in db.Messages join r in db.RawMails on m.RawId equals r.Id where m.Id == messageId select r).AsNoTracking().SingleOrDefaultAsync(cancel);
    }

    public async Task<RawMail?> OfEntryAsync(long entryId, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await (from e in db.IntakeEntries join r in db.RawMails on e.RawId equals r.Id where e.Id == entryId select r).AsNoTracking().SingleOrDefaultAsync(cancel);
    }
}
