using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>Where every process logs to: standard output always, and a file that a week is kept of.</summary>
internal static class LoggingDefaults
{
    public static void AddLogs(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => SecretMask.From(configuration));
        services.AddSingleton<LogLine>();

        var levels = new LogLevelSwitch();
        ((IConfigurationBuilder)configuration).Add(levels);
        services.AddSingleton(levels);

        builder.Logging.ClearProviders();
        // The framework tells of every request and query; LOG_LEVEL=DEBUG shows them again.
        var level = configuration["Logging:LogLevel:Default"] is { Length: > 0 } named && Enum.TryParse<LogLevel>(named, out var set) ? set : LogLevel.Information;
        if (level >= LogLevel.Information)
        {
            foreach (var noisy in (string[])["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Hosting", "System.Net.Http", "Npgsql"])
                builder.Logging.AddFilter(noisy, level > LogLevel.Warning ? level : LogLevel.Warning);
            // It warns at every first start that its keys are not encrypted: the folder they lie in is closed to others.
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        }

        builder.Logging.AddConsole(console => console.FormatterName = IsForPeople(configuration) ? TerminalFormatter.FormatterName : JsonConsoleFormatter.FormatterName);
        services.AddSingleton<ConsoleFormatter, JsonConsoleFormatter>();
        services.AddSingleton<ConsoleFormatter, TerminalFormatter>();

        AddSentry(services, configuration);
        if (configuration.GetValue("Logging:File:Enabled", true))
        {
            var path = configuration["Logging:File:Path"] is { Length: > 0 } given ? given : Path.Combine(StateFolder.Find(name => configuration[name]), "logs", "app.log");
            services.AddSingleton<ILoggerProvider>(provider =>
                new FileLoggerProvider(path, provider.GetRequiredService<LogLine>(), provider.GetRequiredService<TimeProvider>()));
        }
    }

    /// <summary>Errors go to Sentry as well, where SENTRY_DSN names a project.</summary>
    private static void AddSentry(IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["Sentry:Dsn"] is not { Length: > 0 } text) return;
        var dsn = SentryDsn.Parse(text);
        services.AddSingleton(provider => new SentryReporter(dsn, provider.GetRequiredService<SecretMask>(), (configuration["ENV"] ?? "production").ToLowerInvariant(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ILoggerProvider>(provider => new SentryLoggerProvider(provider.GetRequiredService<SentryReporter>()));
    }

    private static bool IsForPeople(IConfiguration configuration) => configuration["Logging:Format"] switch
    {
        "json" => false,
        "text" => true,
        _ => !Console.IsOutputRedirected && !"production".Equals(configuration["ENV"], StringComparison.OrdinalIgnoreCase),
    };
}
