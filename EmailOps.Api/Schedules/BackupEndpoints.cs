using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;

namespace EmailOps.Api.Schedules;

/// <summary>Backups as they are known to the database; made and verified by jobs of the schedule, restored only from the command line.</summary>
internal static class BackupEndpoints
{
    public static void MapBackups(this IEndpointRouteBuilder app)
        => app.MapGroup("").WithTags("Backups").Needs(Permission.Admin).MapGet(BackupRoutes.All, async (BackupLedger ledger, CancellationToken cancel) => TypedResults.Ok(await ledger.ListAsync(cancel)));
}
