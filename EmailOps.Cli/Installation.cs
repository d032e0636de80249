using System.Text.Json;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Checks;
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
    public static Installation Open() => Open(Configure());

    /// <summary>The settings alone: the environment, and .env as every process reads it.</summary>
    /// <param name="wrong">Told of a setting that cannot be used, and the rest goes on without; thrown when left out.</param>
    /// <exception cref="InvalidSettingException">A setting cannot be used, and nobody wants to be told.</exception>
    public static ConfigurationManager Configure(Action<InvalidSettingException>? wrong = null)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        try
        {
            configuration.AddSettings();
        }
        catch (InvalidSettingException failure) when (wrong is not null)
        {
            wrong(failure);
        }
        return configuration;
    }

    /// <inheritdoc cref="Open()"/>
    public static Installation Open(ConfigurationManager configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration.GetConnectionString(StoreSetup.ConnectionName)))
            configuration.AddInMemoryCollection([new($"ConnectionStrings:{StoreSetup.ConnectionName}", Running(StateFolder.Find(n => configuration[n])))]);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddEmailOpsStore(configuration);
        services.AddDoctor(s => SettingsFound.By(configuration, s));
        return new Installation(services.BuildServiceProvider());
    }

    /// <summary>Where the Api listens, by the setting the console finds it by (services__api__http__0), by the EmailOps that runs on the state folder, or by API_PORT.</summary>
    public static Uri ApiAddress(IConfiguration configuration)
    {
        if (configuration["services:api:http:0"] is { Length: > 0 } named && Uri.TryCreate(named, UriKind.Absolute, out var address)) return address;
        if (StateFolder.FindOrNull(n => configuration[n]) is { } state && Path.Combine(state, "running.json") is var path && File.Exists(path))
        {
            using var running = JsonDocument.Parse(File.ReadAllText(path));
            if (running.RootElement.TryGetProperty("api", out var api) && Uri.TryCreate(api.GetString(), UriKind.Absolute, out var there)) return there.Host is "0.0.0.0" or "[::]" ? new UriBuilder(there) { Host = "127.0.0.1" }.Uri : there;
        }
        return new Uri($"http://127.0.0.1:{configuration["API_PORT"] ?? "8000"}");
    }

    /// <summary>The installation's own key to the Api: EMAILOPS_API_KEY, or the file of the state folder.</summary>
    public static string? ApiKey(IConfiguration configuration)
        => configuration["EMAILOPS_API_KEY"] is { Length: > 0 } set ? set
            : StateFolder.FindOrNull(n => configuration[n]) is { } state && Path.Combine(state, "api-key") is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

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
