using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Mailboxes;

/// <summary>How mailboxes are read and answered from. Passwords go in and never come out.</summary>
internal static class MailboxSetupEndpoints
{
    public static void MapMailboxSetup(this IEndpointRouteBuilder app)
    {
        var mailboxes = app.MapGroup("").WithTags("Mailboxes");
        mailboxes.MapPost(Routes.Mailboxes, Create).Needs(Permission.Admin);
        mailboxes.MapGet(Routes.MailboxSettings, Settings).Tagged<MailboxSetup>(m => m.Version).Needs(Permission.Read);
        mailboxes.MapPut(Routes.MailboxSettings, Save).Tagged<MailboxSetup>(m => m.Version).Needs(Permission.Admin);
        mailboxes.MapPost(Routes.MailboxTest, Test).Needs(Permission.Admin);
        mailboxes.MapPost(Routes.MailboxFind, Find).Needs(Permission.Admin);
    }

    private static async Task<Results<Created<MailboxSetup>, ProblemHttpResult>> Create(SaveMailbox mailbox, HttpContext context, MailboxStore mailboxes, CancellationToken cancel)
    {
        if (mailbox.Problem() is { } problem) return ApiProblems.Invalid(problem);
        var written = await mailboxes.CreateAsync(context.Actor(), mailbox, cancel);
        if (written.Outcome != WriteOutcome.Done) return Refused(written);
        var setup = await mailboxes.FindAsync(written.Id, cancel);
        return TypedResults.Created(Routes.MailboxSettings.Replace("{id:long}", $"{written.Id}", StringComparison.Ordinal), setup);
    }

    private static async Task<Results<Ok<MailboxSetup>, ProblemHttpResult>> Settings(long id, MailboxStore mailboxes, CancellationToken cancel)
        => await mailboxes.FindAsync(id, cancel) is { } setup ? TypedResults.Ok(setup) : ApiProblems.NotFound("mailbox", id);

    private static async Task<Results<Ok<MailboxSetup>, ProblemHttpResult>> Save(long id, SaveMailbox mailbox, HttpContext context, MailboxStore mailboxes, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        if (mailbox.Problem() is { } problem) return ApiProblems.Invalid(problem);
        var written = await mailboxes.SaveAsync(id, version, context.Actor(), mailbox, cancel);
        return written.Outcome == WriteOutcome.Done ? TypedResults.Ok(await mailboxes.FindAsync(id, cancel)) : Refused(written);
    }

    private static async Task<Results<Ok<ConnectionReport>, ProblemHttpResult>> Test(TestMailbox asked, MailboxTester tester, CancellationToken cancel)
    {
        if (asked.Problem() is { } problem) return ApiProblems.Invalid(problem);
        return await tester.RunAsync(asked, cancel) is { } report ? TypedResults.Ok(report) : ApiProblems.NotFound("mailbox", asked.MailboxId ?? 0);
    }

    private static async Task<Results<Ok<FoundSettings>, ProblemHttpResult>> Find(FindMailSettings asked, SettingsFinder finder, CancellationToken cancel)
        => MailboxAddress.Problem(asked.Address) is { } problem ? ApiProblems.Invalid(problem) : TypedResults.Ok(await finder.FindAsync(asked.Address, cancel));

    private static ProblemHttpResult Refused(MailboxWrite written)
        => written.Problem is { } problem ? ApiProblems.Conflict(problem) : ApiProblems.Of(written.Outcome, "mailbox", written.Id);
}
