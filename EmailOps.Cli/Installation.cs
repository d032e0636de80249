using System.Text.Json;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Cli;

/// <summary>The installation a command works on: settings as every process reads them, and the store behind them.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Installation(ServiceProvider services) => _services = services;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Connects by the settings; without any, to the EmailOps that runs on this machine's state folder.</summary>
    /// <exception cref="CommandException">Nothing is configured and nothing runs.</exception>
    public static Installation Open()
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddSettings();
        if (string.IsNullOrWhiteSpace(configuration.GetConnectionString(StoreSetup.ConnectionName)))
            configuration.AddInMemoryCollection([new($"ConnectionStrings:{StoreSetup.ConnectionName}", Running(StateFolder.Find(n => configuration[n])))]);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddEmailOpsStore(configuration);
        return new Installation(services.BuildServiceProvider());
    }

    private static string Running(string state)
    {
        var path = Path.Combine(state, "running.json");
        if (!File.Exists(path))
            throw new CommandException($"EmailOps is not running on {state}, and no database is configured. Start it with ./run.sh, or set ConnectionStrings__emailops (or STATE_DIR, if it runs on another folder).");
        using var running = JsonDocument.Parse(File.ReadAllText(path));
        return running.RootElement.GetProperty("connectionString").GetString() ?? throw new CommandException($"{path} names no database; restart EmailOps.");
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
