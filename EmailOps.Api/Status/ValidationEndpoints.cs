using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Checks;

namespace EmailOps.Api.Status;

/// <summary>Whether everything that the settings name is there and lets us in.</summary>
internal static class ValidationEndpoints
{
    public static void MapValidation(this IEndpointRouteBuilder app)
        // Goes on when the caller leaves: the round serves the next who asks.
        => app.MapGet(ConfigurationRoutes.Validation, async (ConfigurationChecks checks, IHostApplicationLifetime life) => TypedResults.Ok(await checks.RunAsync(life.ApplicationStopping)))
            .WithTags("Status").Needs(Permission.Read);
}
