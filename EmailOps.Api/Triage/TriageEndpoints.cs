using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Triage;

/// <summary>Asks triage about words that are not stored, and names the categories in force.</summary>
internal static class TriageEndpoints
{
    private const int MaxCharacters = 200_000;
    private const int MaxSubject = 1_000;

    public static void MapTriage(this IEndpointRouteBuilder app)
    {
        var triage = app.MapGroup("").WithTags("Triage").Needs(Permission.Read);
        triage.MapGet(Routes.Categories, (TriageSource source) => TypedResults.Ok(source.Taxonomy.Categories.Select(c => new CategoryView(c.Id, c.Title, c.Description)).ToArray()));
        triage.MapPost(Routes.Classify, Classify);
    }

    private static async Task<Results<Ok<ClassifyResponse>, ProblemHttpResult>> Classify(ClassifyRequest request, TriageSource source, PolicyOptions policy, TimeProvider clock, CancellationToken cancel)
    {
        var email = request.Email;
        if (email is null || string.IsNullOrWhiteSpace(email.Subject) && string.IsNullOrWhiteSpace(email.Body))
            return ApiProblems.Invalid("Send {\"email\":{\"subject\":\"...\",\"body\":\"...\"}} with words in at least one of them.");
        if ((email.Subject?.Length ?? 0) > MaxSubject) return ApiProblems.TooLarge($"subject has {email.Subject!.Length} characters; at most {MaxSubject} are read.");
        if ((email.Body?.Length ?? 0) > MaxCharacters) return ApiProblems.TooLarge($"body has {email.Body!.Length} characters; at most {MaxCharacters} are read.");

        var now = clock.GetUtcNow();
        var body = email.Body ?? "";
        var result = (await source.PipelineAsync(cancel)).Run(new IncomingMessage
        {
            Id = 0, MailboxId = 0, Subject = email.Subject ?? "", From = new Correspondent(null, email.From ?? ""), ReceivedAt = now, Text = body, NewText = body,
        });
        var decision = PolicyRules.Decide(result, policy.Default, source.Taxonomy.Find(result.Category), now);
        return TypedResults.Ok(new ClassifyResponse(result.View(now), new DecisionView(decision.Kind, decision.Reasons, decision.PolicyVersion, now), result.Draft?.Body));
    }
}
