using EmailOps.Core.Audit;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Access;

/// <summary>Registers people, sessions, keys and the audit.</summary>
internal static class AccessSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<AccessOptions>(services, configuration, AccessOptions.Section, o => o.Problem());
        services.AddSingleton<Passwords>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SignInDesk>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<KeyStore>();
        services.AddSingleton<AuditKey>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditList>();
        services.AddSingleton<SecurityMonitor>();
        services.AddSingleton<CertificateWatch>();
        services.AddSingleton<IHealthComponent>(s => s.GetRequiredService<CertificateWatch>());
    }
}
