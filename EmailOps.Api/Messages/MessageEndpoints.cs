using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Messages;

/// <summary>The inbox, a message and its parts, and an operator's word on its category.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var messages = app.MapGroup("").WithTags("Messages").Needs(Permission.Read);
        messages.MapGet(Routes.Messages, List);
        messages.MapGet(Routes.Message, Find).Tagged<MessageDetail>();
        messages.MapGet(Routes.MessageRaw, Raw);
        messages.MapGet(Routes.MessageHtml, Html);
        messages.MapGet(Routes.Attachment, Attachment);
        messages.MapPost(Routes.MessageCategory, Correct).Needs(Permission.Operate);
        messages.MapPost(ModelRoutes.MessagePriority, Prioritize).Needs(Permission.Operate);
        messages.MapPost(Routes.MessageRetriage, Retriage).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<MessagePage>, ProblemHttpResult>> List([AsParameters] MessageFilter filter, MessageList list, CancellationToken cancel)
    {
        Cursor? after = null;
        if (filter.Cursor is { Length: > 0 } text)
        {
            if (!Cursor.TryParse(text, out var cursor)) return ApiProblems.Invalid("cursor is not one of ours; leave it out to start at the newest message.");
            after = cursor;
        }
        return TypedResults.Ok(await list.PageAsync(filter, after, cancel));
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> Find(long id, MessageDetails details, CancellationToken cancel)
        => await details.FindAsync(id, cancel) is { } detail ? TypedResults.Ok(detail) : ApiProblems.NotFound("message", id);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Raw(long id, HttpContext context, RawMails raws, CancellationToken cancel)
    {
        if (await raws.OfMessageAsync(id, cancel) is not { } raw) return ApiProblems.NotFound("message", id);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.File(raw.Bytes, "message/rfc822", $"message-{id}.eml");
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> Html(long id, HttpContext context, RawMails raws, CancellationToken cancel)
    {
        // Hostile: whoever opens it directly gets no script, no form, no remote picture.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        if (await raws.OfMessageAsync(id, cancel) is not { } raw) return ApiProblems.NotFound("message", id);
        return MessageContent.Html(raw.Bytes) is { } html ? TypedResults.Content(html, "text/html; charset=utf-8") : ApiProblems.NotFound("HTML part of message", id);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Attachment(long id, int index, HttpContext context, RawMails raws, CancellationToken cancel)
    {
        if (await raws.OfMessageAsync(id, cancel) is not { } raw) return ApiProblems.NotFound("message", id);
        if (MessageContent.Attachment(raw.Bytes, index) is not { } attachment) return ApiProblems.NotFound("attachment", index);
        // Never a type a browser would run, whatever the mail says.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.File(attachment.Bytes, "application/octet-stream", attachment.FileName);
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> Correct(long id, CorrectCategory correction, HttpContext context,
        CorrectionStore corrections, MessageDetails details, TriageSource triage, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(correction.Category) || triage.Taxonomy.Find(correction.Category) is null)
            return ApiProblems.Invalid($"There is no category \"{correction.Category}\". Known: {string.Join(", ", triage.Taxonomy.Categories.Select(c => c.Id))}.");
        var outcome = await corrections.CorrectAsync(id, correction.Category, context.Actor(), cancel);
        if (outcome != WriteOutcome.Done) return ApiProblems.Of(outcome, "message", id);
        return await details.FindAsync(id, cancel) is { } detail ? TypedResults.Ok(detail) : ApiProblems.NotFound("message", id);
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> Prioritize(long id, CorrectPriority correction, HttpContext context, CorrectionStore corrections, MessageDetails details, CancellationToken cancel)
    {
        if (correction.Priority is < 1 or > 10) return ApiProblems.Invalid($"priority is {correction.Priority}; it must be between 1 (can wait) and 10 (now).");
        var outcome = await corrections.PrioritizeAsync(id, correction.Priority, context.Actor(), cancel);
        if (outcome != WriteOutcome.Done) return ApiProblems.Of(outcome, "message", id);
        return await details.FindAsync(id, cancel) is { } detail ? TypedResults.Ok(detail) : ApiProblems.NotFound("message", id);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retriage(long id, HttpContext context, CorrectionStore corrections, CancellationToken cancel)
        => await corrections.RetriageAsync(id, context.Actor(), cancel) switch
        {
            WriteOutcome.Done => TypedResults.Accepted($"/messages/{id}"),
            WriteOutcome.WrongState => ApiProblems.Conflict("An answer to this message is approved. Take it back first, then ask for triage again."),
            var outcome => ApiProblems.Of(outcome, "message", id),
        };
}
