using EmailOps.Core.Data.Maintenance;
using EmailOps.Core.Data.Privacy;
using EmailOps.Core.Data.Retention;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Backups;

/// <summary>Registers backups, retention, privacy and the care of the database: every process may look; the worker and the command line act.</summary>
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
        StoreSetup.AddChecked<RetentionOptions>(services, configuration, RetentionOptions.Section, o => o.Problem());
        services.PostConfigure<RetentionOptions>(o => o.Folder ??= configuration["Secrets:Folder"] is { Length: > 0 } state ? Path.Combine(state, "archive") : null);
        services.AddSingleton<RetentionRun>();
        services.AddSingleton<PersonData>();
        services.AddSingleton<DatabaseCare>();
        services.AddSingleton<MaintenanceRun>();
    }
}
