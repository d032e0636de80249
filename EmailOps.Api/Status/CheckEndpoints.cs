using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Checks;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Status;

/// <summary>What <c>emailops doctor</c> says, for the console.</summary>
internal static class CheckEndpoints
{
    public static IServiceCollection AddChecks(this IServiceCollection services) => services.AddDoctor(s =>
    [
        .. SettingsReview.Of(s.GetRequiredService<IConfiguration>(), Environment.GetEnvironmentVariables().Keys.Cast<string>(), s.GetServices<OptionsSection>().Select(o => (o.Section, o.Options)))
            .Select(p => new CheckView("settings", p.Name, p.IsWrong ? CheckState.Failed : CheckState.Warning, p.Problem, p.Fix)).DefaultIfEmpty(new CheckView("settings", "settings", CheckState.Ok, "All settings can be used, and all names are known.")),
    ]);

    /// <summary>Operate: it signs in at mail servers and lists what is set.</summary>
    public static void MapChecks(this IEndpointRouteBuilder app) => app.MapGet(CheckRoutes.All, All).WithTags("Status").Needs(Permission.Operate);

    private static async Task<Ok<CheckReport>> All(Examination examination, CancellationToken cancel) => TypedResults.Ok(await examination.RunAsync(cancel));
}
