using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Drafts;
using EmailOps.Core.Mailboxes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Mailboxes;

/// <summary>How a mailbox's replies would look; the words themselves are saved with its settings.</summary>
internal static class ReplyEndpoints
{
    private const int LongestName = 200;

    public static void MapReplies(this IEndpointRouteBuilder app) => app.MapPost(ReplyRoutes.Preview, Preview).WithTags("Mailboxes").Needs(Permission.Operate);

    private static async Task<Results<Ok<IReadOnlyList<ReplyPreview>>, ProblemHttpResult>> Preview(long id, PreviewReply asked, MailboxStore mailboxes, TriageSource triage, CancellationToken cancel)
    {
        if (asked.Reply?.Problem() is { } problem) return ApiProblems.Invalid(problem);
        if (asked.Name?.Length > LongestName) return ApiProblems.TooLarge($"name has {asked.Name.Length} characters; at most {LongestName} are read.");
        if (await mailboxes.FindAsync(id, cancel) is not { } setup) return ApiProblems.NotFound("mailbox", id);
        return TypedResults.Ok(MailboxReplies.Preview(triage.Taxonomy.Reply, asked.Reply ?? setup.Settings.Reply, asked.Name));
    }
}
