using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Intake;

/// <summary>How mailboxes are read, and comparisons of their servers with the ledger.</summary>
internal static class ReadingEndpoints
{
    public static void MapReading(this IEndpointRouteBuilder app)
    {
        var reading = app.MapGroup("").WithTags("Intake").Needs(Permission.Read);
        reading.MapGet(Routes.MailboxReading, Reading);
        reading.MapGet(Routes.MailboxReconcile, Reconciliations);
        reading.MapPost(Routes.MailboxReconcile, Reconcile).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<MailboxReading>, ProblemHttpResult>> Reading(long id, ReadingStore readings, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        if (await readings.OneAsync(id, cancel) is { } reading) return TypedResults.Ok(reading);
        return await ExistsAsync(databases, id, cancel) ? TypedResults.Ok(new MailboxReading(LoopState.Stopped, null, null, false, 0, null, null, [])) : ApiProblems.NotFound("mailbox", id);
    }

    private static async Task<Results<Ok<List<ReconciliationView>>, ProblemHttpResult>> Reconciliations(long id, int? take, string? cursor, HttpContext context, ReconciliationStore reconciliations, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        if (!await ExistsAsync(databases, id, cancel)) return ApiProblems.NotFound("mailbox", id);
        var most = Math.Clamp(take ?? 20, 1, 500);
        var rows = await reconciliations.ListAsync(id, most, cancel, Paging.Before(cursor));
        Paging.Next(context, rows, most, r => r.Id);
        return TypedResults.Ok(rows);
    }

    private static async Task<Results<Accepted<ReconciliationView>, ProblemHttpResult>> Reconcile(long id, HttpContext context, ReadingStore readings, ReconciliationStore reconciliations, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        if (!await ExistsAsync(databases, id, cancel)) return ApiProblems.NotFound("mailbox", id);
        if (await readings.OneAsync(id, cancel) is null) return ApiProblems.Conflict("This mailbox has no IMAP server, so there is nothing to compare. Set one up first.");
        var view = await reconciliations.RequestAsync(id, context.Actor(), cancel);
        return TypedResults.Accepted(Routes.MailboxReconcile.Replace("{id:long}", id.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), view);
    }

    private static async Task<bool> ExistsAsync(IDbContextFactory<EmailOpsDb> databases, long id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Mailboxes.AnyAsync(m => m.Id == id, cancel);
    }
}
