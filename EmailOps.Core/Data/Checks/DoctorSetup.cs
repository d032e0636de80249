using EmailOps.Core.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Checks;

/// <summary>What is looked at on this machine and in the database, in the order it is shown. A room that has something to look at adds its line here.</summary>
internal static class DoctorSetup
{
    /// <param name="services">With the store in it.</param>
    /// <param name="settings">What is wrong with the settings, which only the process that read them knows.</param>
    public static IServiceCollection AddDoctor(this IServiceCollection services, Func<IServiceProvider, IReadOnlyList<CheckView>> settings)
    {
        services.AddSingleton<ILocalCheck>(s => new GivenCheck("settings", () => settings(s)));
        services.AddSingleton<ILocalCheck, MachineCheck>();
        services.AddSingleton<ILocalCheck, NetworkCheck>();
        services.AddSingleton<ILocalCheck, SchemaCheck>();
        services.AddSingleton<ILocalCheck, SecretsCheck>();
        services.AddSingleton<ILocalCheck, BackupCheck>();
        services.AddSingleton<ILocalCheck, WorkCheck>();
        services.AddSingleton<Examination>();
        return services;
    }
}
