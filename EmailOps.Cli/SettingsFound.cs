using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Cli;

/// <summary>What this command's own settings look like, for the doctor.</summary>
internal static class SettingsFound
{
    /// <param name="configuration">As it was read.</param>
    /// <param name="services">Knows which sections there are; null: they could not be made, because a setting is wrong.</param>
    public static IReadOnlyList<CheckView> By(IConfiguration configuration, IServiceProvider? services)
    {
        var sections = services?.GetServices<OptionsSection>().Select(o => (o.Section, o.Options)) ?? [];
        return
        [
            .. SettingsReview.Of(configuration, Environment.GetEnvironmentVariables().Keys.Cast<string>(), sections)
                .Select(p => new CheckView("settings", p.Name, p.IsWrong ? CheckState.Failed : CheckState.Warning, p.Problem, p.Fix))
                .DefaultIfEmpty(new CheckView("settings", "settings", CheckState.Ok, "All settings can be used, and all names are known.")),
        ];
    }
}
