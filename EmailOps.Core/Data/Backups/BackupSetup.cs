using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Backups;

/// <summary>Registers backups: every process may look at them; the worker and the command line make them.</summary>
internal static class BackupSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<BackupOptions>(services, configuration, BackupOptions.Section, o => o.Problem());
        // The state folder, wherever that is: see SettingsSource.
        services.PostConfigure<BackupOptions>(o => o.Folder ??= configuration["Secrets:Folder"] is { Length: > 0 } state ? Path.Combine(state, "backups") : null);
        services.AddSingleton<BackupServer>();
        services.AddSingleton<BackupShelf>();
        services.AddSingleton<BackupBucket>();
        services.AddSingleton<BackupLedger>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<BackupRestorer>();
    }
}
