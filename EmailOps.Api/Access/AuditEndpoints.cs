using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Access;

/// <summary>Who did what, whether it still says so, and what looks dangerous.</summary>
internal static class AuditEndpoints
{
    private const int LongestName = 200;

    public static void MapAudit(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("").WithTags("Audit").Needs(Permission.Admin);
        audit.MapGet(AuditRoutes.All, List);
        audit.MapPost(AuditRoutes.Verify, async (AuditChain chain, CancellationToken cancel) => TypedResults.Ok(await chain.VerifyAsync(_ => { }, cancel)));
        audit.MapGet(AuditRoutes.Findings, async (SecurityMonitor monitor, CancellationToken cancel) => TypedResults.Ok(await monitor.FindAsync(cancel)));
    }

    private static async Task<Results<Ok<AuditPage>, ProblemHttpResult>> List(string? actor, string? action, string? kind, long? subject, string? q, DateTimeOffset? from, DateTimeOffset? to, long? before, int? take, AuditList list, CancellationToken cancel)
    {
        if (Array.Exists([actor, action, kind], t => t?.Length > LongestName) || q?.Length > AuditList.LongestWords) return ApiProblems.Invalid($"Names and words have at most {LongestName} characters.");
        if (take is < 1 or > AuditList.Most) return ApiProblems.Invalid($"take is between 1 and {AuditList.Most}.");
        return TypedResults.Ok(await list.ReadAsync(new AuditFilter(Said(actor), Said(action), Said(kind), subject, Said(q), from, to, before, take ?? 50), cancel));
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
