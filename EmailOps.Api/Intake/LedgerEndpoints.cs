using EmailOps.Api.Keys;
using EmailOps.Api.Messages;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Intake;

/// <summary>The intake ledger: what was offered, what became of it and why, with the bytes and a way to try again.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        var ledger = app.MapGroup("").WithTags("Intake").Needs(Permission.Read);
        ledger.MapGet(Routes.Intake, List);
        ledger.MapGet(Routes.IntakeRaw, Raw);
        ledger.MapPost(Routes.IntakeRetry, Retry).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<IntakePage>, ProblemHttpResult>> List(IDbContextFactory<EmailOpsDb> databases, IntakeOutcome? outcome, long? import, string? cursor, int? take, CancellationToken cancel)
    {
        var before = long.MaxValue;
        if (cursor is { Length: > 0 } && !long.TryParse(cursor, System.Globalization.CultureInfo.InvariantCulture, out before))
            return ApiProblems.Invalid("cursor is not one of ours; leave it out to start at the newest line.");
        var rows = Math.Clamp(take ?? 100, 1, 500);
        await using var db = await databases.CreateDbContextAsync(cancel);
        var query = db.IntakeEntries.AsNoTracking().Where(e => e.Id < before);
        if (outcome is { } wanted) query = query.Where(e => e.Outcome == wanted && e.Outcome != IntakeOutcome.Stored || wanted == IntakeOutcome.Stored && e.Outcome == IntakeOutcome.Stored);
        if (import is { } run) query = query.Where(e => e.ImportId == run);
        var entries = await query.OrderByDescending(e => e.Id).Take(rows + 1).ToListAsync(cancel);
        var more = entries.Count > rows;
        var page = entries.Take(rows).Select(e => e.View()).ToArray();
        return TypedResults.Ok(new IntakePage(page, more ? page[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Raw(long id, RawMails raws, CancellationToken cancel)
        => await raws.OfEntryAsync(id, cancel) is { } raw ? TypedResults.File(raw.Bytes, "message/rfc822", $"intake-{id}.eml") : ApiProblems.NotFound("kept mail of ledger line", id);

    /// <param name="force">Store a copy as a message of its own; once, however often it is asked for.</param>
    private static async Task<Results<Ok<IntakeView>, Accepted<IntakeView>, ProblemHttpResult>> Retry(long id, bool? force, RawMails raws, MailReader reader, IntakeStore store, FetchAgain again,
        IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var entry = await db.IntakeEntries.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancel);
        if (entry is null) return ApiProblems.NotFound("ledger line", id);
        if (await again.TryAsync(entry, cancel) is { } fetched) return fetched.Tried ? TypedResults.Ok(fetched.View) : TypedResults.Accepted(Routes.Intake, fetched.View);
        if (await raws.OfEntryAsync(id, cancel) is not { } raw) return ApiProblems.Invalid("Nothing could be read at the time, so nothing was kept. Import the original again.");
        if (raw.IsHead) return ApiProblems.Invalid("Only the beginning of this mail was kept, because it was over Intake:MaxMessageBytes. Raise the limit and import the original again.");
        if (force == true && entry.Outcome != IntakeOutcome.Duplicate) return ApiProblems.Conflict($"This line is no copy but {entry.Outcome}; only a copy can be released.");
        var parsed = reader.Read(new OfferedMail(entry.Origin, raw.Bytes, raw.SizeBytes));
        if (force == true) parsed = parsed with { DedupeKey = Fingerprint.Released(parsed.DedupeKey, id) };
        await store.StoreAsync(entry.MailboxId, entry.ImportId, [parsed], cancel);
        if (entry is { Outcome: IntakeOutcome.Unparsable, MessageId: { } unreadable } && parsed.Unparsable is null) await store.ForgetUnreadableAsync(unreadable, cancel);
        var latest = await db.IntakeEntries.AsNoTracking().Where(e => e.Id > id && e.RawId == raw.Id).OrderByDescending(e => e.Id).FirstAsync(cancel);
        return TypedResults.Ok(latest.View());
    }
}
