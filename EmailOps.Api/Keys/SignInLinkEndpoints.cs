using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Keys;

/// <summary>Where the console's processes learn which sign-in links were used.</summary>
internal static class SignInLinkEndpoints
{
    /// <summary>Guards the table against rows that stay for ever: no link lives longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    public static void MapSignInLinks(this IEndpointRouteBuilder app) => app.MapPost(ConsoleRoutes.SpendSignInLink, Spend).WithTags("Console").Needs(Permission.Admin);

    private static async Task<Results<NoContent, Conflict, ProblemHttpResult>> Spend(SpendSignInLink body, SpentLinks links, TimeProvider clock, CancellationToken cancel)
    {
        if (body.Link is not { Length: 64 } || !body.Link.All(char.IsAsciiHexDigitLower)) return ApiProblems.Invalid("link is the SHA-256 of a link's secret: 64 hexadecimal digits in lower case.");
        if (body.Ends - clock.GetUtcNow() > Longest) return ApiProblems.Invalid($"ends is more than {Longest.TotalDays} days ahead.");
        return await links.SpendAsync(body.Link, body.Ends, cancel) ? TypedResults.NoContent() : TypedResults.Conflict();
    }
}
