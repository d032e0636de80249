using EmailOps.Core.Data.Redis;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Checks;

/// <summary>The checks of the configuration, in the order they are shown.</summary>
internal static class CheckSetup
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IConfigurationCheck, DatabaseCheck>();
        services.AddSingleton<IConfigurationCheck>(s => new RedisCheck(s.GetService<RedisLink>()));
        services.AddSingleton<IConfigurationCheck, ModelCheck>();
        services.AddSingleton<IConfigurationCheck, MailboxCheck>();
        services.AddSingleton<IConfigurationCheck, WebhookCheck>();
        services.AddSingleton<Microsoft365Check>();
        services.AddSingleton<IConfigurationCheck>(s => s.GetRequiredService<Microsoft365Check>());
        services.AddSingleton<TeamsCheck>();
        services.AddSingleton<IConfigurationCheck>(s => s.GetRequiredService<TeamsCheck>());
        services.AddSingleton<IHealthComponent, Microsoft365Health>();
        services.AddSingleton<ConfigurationChecks>();
        services.AddSingleton<Reachability>();
        services.AddSingleton<PoolFigures>();
    }
}
