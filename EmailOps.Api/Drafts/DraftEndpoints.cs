using EmailOps.Api.Keys;
using EmailOps.Api.Messages;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Drafts;

/// <summary>What people decide about drafts. Approving enqueues delivery; the Api itself never sends mail.</summary>
internal static class DraftEndpoints
{
    private const int MaxBody = 100_000;

    public static void MapDrafts(this IEndpointRouteBuilder app)
    {
        var drafts = app.MapGroup("").WithTags("Drafts").Needs(Permission.Operate);
        drafts.MapPut(Routes.Draft, Edit);
        drafts.MapPost(Routes.DraftApprove, Approve);
        drafts.MapPost(Routes.DraftReject, Reject);
        drafts.MapPost(Routes.DraftReopen, Reopen);
    }

    private static Task<Results<Ok<DraftView>, ProblemHttpResult>> Edit(long id, EditDraft edit, HttpContext context, DraftStore drafts, MessageDetails details, CancellationToken cancel)
        => WriteAsync(id, edit.Body, required: true, context, v => drafts.EditAsync(id, v, context.Actor(), edit.Body, cancel), details, cancel);

    private static Task<Results<Ok<DraftView>, ProblemHttpResult>> Approve(long id, ApproveDraft approval, HttpContext context, DraftStore drafts, MessageDetails details, CancellationToken cancel)
        => WriteAsync(id, approval.Body, required: false, context, v => drafts.ApproveAsync(id, v, context.Actor(), approval.Body, cancel), details, cancel);

    private static Task<Results<Ok<DraftView>, ProblemHttpResult>> Reject(long id, RejectDraft rejection, HttpContext context, DraftStore drafts, MessageDetails details, CancellationToken cancel)
        => WriteAsync(id, null, required: false, context, v => drafts.RejectAsync(id, v, context.Actor(), rejection.Reason, cancel), details, cancel);

    private static Task<Results<Ok<DraftView>, ProblemHttpResult>> Reopen(long id, HttpContext context, DraftStore drafts, MessageDetails details, CancellationToken cancel)
        => WriteAsync(id, null, required: false, context, v => drafts.ReopenAsync(id, v, context.Actor(), cancel), details, cancel);

    private static async Task<Results<Ok<DraftView>, ProblemHttpResult>> WriteAsync(long id, string? body, bool required, HttpContext context,
        Func<int, Task<WriteOutcome>> write, MessageDetails details, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        if (required && string.IsNullOrWhiteSpace(body) || body is { } text && string.IsNullOrWhiteSpace(text)) return ApiProblems.Invalid("body is empty; a reply needs words. Reject the draft if nothing should be sent.");
        if (body?.Length > MaxBody) return ApiProblems.Invalid($"body has {body.Length} characters; at most {MaxBody} are sent.");
        var outcome = await write(version);
        return outcome == WriteOutcome.Done ? TypedResults.Ok(await details.DraftAsync(id, cancel)) : ApiProblems.Of(outcome, "draft", id);
    }
}
