using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.LanguageModels;

/// <summary>Language models as operators see them: who is asked, how they are, what they cost, and forcing a breaker.</summary>
internal static class LanguageModelEndpoints
{
    private const int LongestReason = 500;

    public static void MapLanguageModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("").WithTags("Language models").Needs(Permission.Read);
        models.MapGet(LanguageModelRoutes.All, async (ModelStatus status, CancellationToken cancel) => TypedResults.Ok(await status.ViewAsync(cancel)));
        models.MapPut(LanguageModelRoutes.Breaker, Force).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<ProviderView>, ProblemHttpResult>> Force(string name, ForceBreaker order, HttpContext context, ModelStatus status, CancellationToken cancel)
    {
        if (!Enum.IsDefined(order.Force)) return ApiProblems.Invalid("force is Auto, Open or Closed.");
        if (order.Why?.Length > LongestReason) return ApiProblems.Invalid($"why has at most {LongestReason} characters.");
        return await status.ForceAsync(name, order.Force, context.Actor(), order.Why, cancel) is { } provider
            ? TypedResults.Ok(provider)
            : TypedResults.Problem("There is no provider of that name; GET /language-models lists them.", statusCode: 404, title: "Not found");
    }
}
