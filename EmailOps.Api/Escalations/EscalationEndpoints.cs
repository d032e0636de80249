using System.Globalization;
using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Escalations;

/// <summary>What needs a person, and people taking it on. Where the row stands decides: whoever comes too late is told by whom.</summary>
internal static class EscalationEndpoints
{
    private const int Most = 200, Usual = 100, LongestName = 100;

    public static void MapEscalations(this IEndpointRouteBuilder app)
    {
        var escalations = app.MapGroup("").WithTags("Escalations").Needs(Permission.Read);
        escalations.MapGet(EscalationRoutes.All, List);
        escalations.MapPost(EscalationRoutes.All, Open).Needs(Permission.Operate);
        escalations.MapGet(EscalationRoutes.One, One);
        escalations.MapPost(EscalationRoutes.Claim, (long id, HttpContext context, EscalationPeople people, EscalationViews views, CancellationToken cancel) => Do(id, people.ClaimAsync(id, context.Actor(), cancel), views, cancel)).Needs(Permission.Operate);
        escalations.MapPost(EscalationRoutes.Release, (long id, HttpContext context, EscalationPeople people, EscalationViews views, CancellationToken cancel) => Do(id, people.ReleaseAsync(id, context.Actor(), cancel), views, cancel)).Needs(Permission.Operate);
        escalations.MapPost(EscalationRoutes.Resolve, (long id, ResolveEscalation? body, HttpContext context, EscalationPeople people, EscalationViews views, CancellationToken cancel)
            => Do(id, people.ResolveAsync(id, context.Actor(), body?.Note, cancel), views, cancel)).Needs(Permission.Operate);
        // The console asks for strangers who hold a link: the link is what allows it.
        escalations.MapGet(EscalationRoutes.Link, Link).Needs(Permission.Operate);
        escalations.MapPost(EscalationRoutes.ActByLink, Act).Needs(Permission.Operate);
        escalations.MapGet(EscalationRoutes.ServiceLevels, Levels);
        escalations.MapPut(EscalationRoutes.ServiceLevels, SaveLevels).Needs(Permission.Admin);
    }

    private static async Task<Results<Ok<EscalationPage>, ProblemHttpResult>> List(string? state, string? severity, long? mailbox, bool? overdue, long? message, int? take, EscalationViews views, CancellationToken cancel)
    {
        if (Wrong<EscalationState>(state, "state", out var wantedState) is { } badState) return badState;
        if (Wrong<EscalationSeverity>(severity, "severity", out var wantedSeverity) is { } badSeverity) return badSeverity;
        return TypedResults.Ok(await views.ListAsync(new EscalationFilter(wantedState, wantedSeverity, mailbox, overdue == true, message, Math.Clamp(take ?? Usual, 1, Most)), cancel));
    }

    private static async Task<Results<Created<EscalationView>, ProblemHttpResult>> Open(OpenEscalation order, HttpContext context, EscalationPeople people, EscalationViews views, CancellationToken cancel)
    {
        if (order.Severity is { } severity && !Enum.IsDefined(severity)) return ApiProblems.Invalid("severity is Low, Medium, High or Critical.");
        if (order.Reason?.Length > EscalationPeople.LongestNote) return ApiProblems.Invalid($"reason has at most {EscalationPeople.LongestNote} characters.");
        return await people.OpenAsync(order, context.Actor(), cancel) is { } id
            ? TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{EscalationRoutes.All}/{id}"), await views.FindAsync(id, cancel)) : ApiProblems.NotFound("message", order.MessageId);
    }

    private static async Task<Results<Ok<EscalationDetail>, ProblemHttpResult>> One(long id, EscalationViews views, CancellationToken cancel)
        => await views.DetailAsync(id, cancel) is { } detail ? TypedResults.Ok(detail) : ApiProblems.NotFound("escalation", id);

    private static async Task<Results<Ok<EscalationView>, ProblemHttpResult>> Do(long id, Task<WriteOutcome> write, EscalationViews views, CancellationToken cancel)
    {
        var outcome = await write;
        var view = await views.FindAsync(id, cancel);
        if (outcome == WriteOutcome.Done && view is not null) return TypedResults.Ok(view);
        return outcome == WriteOutcome.WrongState && view is not null ? ApiProblems.Conflict(Said(view)) : ApiProblems.Of(WriteOutcome.NotFound, "escalation", id);
    }

    private static string Said(EscalationView view) => view.State switch
    {
        EscalationState.Resolved => $"{view.ResolvedBy} settled it already.",
        EscalationState.Claimed => $"{view.ClaimedBy} has taken it on.",
        _ => "Nobody has taken it on.",
    };

    private static async Task<Results<Ok<EscalationLinkView>, ProblemHttpResult>> Link(string? token, EscalationKey key, EscalationViews views, TimeProvider clock, CancellationToken cancel)
        => (await key.TokenAsync(cancel)).Read(token, clock.GetUtcNow()) is { } link && await views.FindAsync(link.Escalation, cancel) is { } view ? TypedResults.Ok(View(link.Purpose, view)) : Ended();

    private static async Task<Results<Ok<EscalationLinkView>, ProblemHttpResult>> Act(ActByLink act, EscalationKey key, EscalationPeople people, EscalationViews views, TimeProvider clock, CancellationToken cancel)
    {
        var name = string.Concat((act.Name ?? "").Where(c => !char.IsControl(c))).Trim();
        if (name.Length is 0 or > LongestName) return ApiProblems.Invalid($"name has 1 to {LongestName} characters.");
        if ((await key.TokenAsync(cancel)).Read(act.Token, clock.GetUtcNow()) is not { } link) return Ended();
        // Nobody proved who it is, only that they were in the chat: the audit says so.
        var actor = $"{name} (by link)";
        var outcome = link.Purpose == LinkPurpose.Claim ? await people.ClaimAsync(link.Escalation, actor, cancel) : await people.ResolveAsync(link.Escalation, actor, act.Note, cancel);
        if (await views.FindAsync(link.Escalation, cancel) is not { } view) return Ended();
        return outcome == WriteOutcome.Done ? TypedResults.Ok(View(link.Purpose, view)) : ApiProblems.Conflict(Said(view));
    }

    private static EscalationLinkView View(LinkPurpose purpose, EscalationView view) => new(purpose.ToString().ToLowerInvariant(), view.Id, view.Subject, view.Severity, view.State, view.ClaimedBy, view.ResolvedBy,
        purpose == LinkPurpose.Claim ? view.State == EscalationState.Open : view.State != EscalationState.Resolved);

    private static ProblemHttpResult Ended() => TypedResults.Problem("This link is none of ours, or its time has ended. Open the console instead.", statusCode: 404, title: "Not found");

    private static async Task<Results<Ok<ServiceLevelView>, ProblemHttpResult>> Levels(long? mailbox, ServiceLevelStore store, CancellationToken cancel)
        => await store.FindAsync(mailbox ?? 0, cancel) is { } view ? TypedResults.Ok(view) : ApiProblems.NotFound("mailbox", mailbox ?? 0);

    private static async Task<Results<Ok<ServiceLevelView>, ProblemHttpResult>> SaveLevels(long? mailbox, ServiceLevelPlan plan, HttpContext context, ServiceLevelStore store, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        if (ServiceLevelRules.Problem(plan) is { } problem) return ApiProblems.Invalid(problem);
        var outcome = await store.SaveAsync(mailbox ?? 0, version, plan, context.Actor(), cancel);
        return outcome == WriteOutcome.Done ? TypedResults.Ok(await store.FindAsync(mailbox ?? 0, cancel)) : ApiProblems.Of(outcome, "mailbox", mailbox ?? 0);
    }

    /// <summary>Words of an enum, whatever their case; a number is none.</summary>
    internal static ProblemHttpResult? Wrong<T>(string? text, string name, out T? value) where T : struct, Enum
    {
        value = null;
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var known) && Enum.IsDefined(known))
        {
            value = known;
            return null;
        }
        return ApiProblems.Invalid($"{name} is one of: {string.Join(", ", Enum.GetNames<T>())}.");
    }
}
