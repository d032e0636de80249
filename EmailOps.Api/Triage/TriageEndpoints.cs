using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Triage;

/// <summary>Asks triage about words that are not stored, and names the categories in force.</summary>
internal static class TriageEndpoints
{
    public static void MapTriage(this IEndpointRouteBuilder app)
    {
        var triage = app.MapGroup("").WithTags("Triage").Needs(Permission.Read);
        triage.MapGet(Routes.Categories, (TriageSource source) => TypedResults.Ok(source.Taxonomy.Categories.Select(c => new CategoryView(c.Id, c.Title, c.Description)).ToArray()));
        triage.MapPost(Routes.Classify, Classify);
    }

    private static async Task<Results<Ok<ClassifyResponse>, ProblemHttpResult>> Classify(ClassifyRequest request, UnstoredTriage triage, ModelPeople models, TimeProvider clock, CancellationToken cancel)
    {
        var email = request.Email;
        if (email is null || string.IsNullOrWhiteSpace(email.Subject) && string.IsNullOrWhiteSpace(email.Body))
            return ApiProblems.Invalid("Send {\"email\":{\"subject\":\"...\",\"body\":\"...\"}} with words in at least one of them.");
        if ((email.Subject?.Length ?? 0) > UnstoredTriage.MaxSubject) return ApiProblems.TooLarge($"subject has {email.Subject!.Length} characters; at most {UnstoredTriage.MaxSubject} are read.");
        if ((email.Body?.Length ?? 0) > UnstoredTriage.MaxCharacters) return ApiProblems.TooLarge($"body has {email.Body!.Length} characters; at most {UnstoredTriage.MaxCharacters} are read.");

        long? mailbox = null;
        if (!string.IsNullOrWhiteSpace(request.Mailbox) && (mailbox = await models.MailboxAsync(request.Mailbox, cancel)) is null)
            return ApiProblems.Invalid($"There is no mailbox \"{(request.Mailbox.Length <= 100 ? request.Mailbox : request.Mailbox[..100])}\". Leave it out to be judged by the base model.");
        var (now, (result, decision, versions)) = (clock.GetUtcNow(), await triage.JudgeAsync(mailbox, email.Subject, email.Body, email.From, cancel));
        return TypedResults.Ok(new ClassifyResponse(result.View(now), new DecisionView(decision.Kind, decision.Reasons, decision.PolicyVersion, now), result.Draft?.Body,
            mailbox is null ? null : request.Mailbox!.Trim().ToLowerInvariant(), versions.Categories, versions.Labels));
    }
}
