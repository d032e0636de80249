using System.Data.Common;
using System.Globalization;
using EmailOps.AppHost.Postgres;
using EmailOps.ServiceDefaults.Settings;
using Npgsql;

namespace EmailOps.AppHost.Embedded;

/// <summary>What the one process is to run on, from the command line (KEY=VALUE), the environment, .env and appsettings.json.</summary>
internal sealed class EmbeddedSettings
{
    /// <summary>The hosts of one process share a machine with PostgreSQL: each has this pool unless DATABASE_POOL_* says otherwise.</summary>
    private const int DefaultPool = 40;

    private readonly Dictionary<string, string?> _settings;

    private EmbeddedSettings(Dictionary<string, string?> settings, string? connectionString)
    {
        _settings = settings;
        ConnectionString = connectionString;
        StateFolder = ServiceDefaults.Settings.StateFolder.Find(Get);
    }

    /// <summary>A server of the operator's own; null: the private one.</summary>
    public string? ConnectionString { get; }

    public string StateFolder { get; }

    public string Address => Get("BIND_ADDRESS") ?? "127.0.0.1";

    /// <summary>As the hosts know it: Production, Development.</summary>
    public string Environment => Get("ENV") is { Length: > 0 } name ? char.ToUpperInvariant(name[0]) + name[1..].ToLowerInvariant() : "Production";

    /// <summary>Whoever just starts EmailOps wants to see something; LOAD_SAMPLES=false begins empty.</summary>
    public bool LoadSamples => Get("LOAD_SAMPLES") is not "false";

    public string? ApiKey => Get("EMAILOPS_API_KEY");

    /// <exception cref="InvalidSettingException">Names the setting and what is allowed.</exception>
    public static EmbeddedSettings Read(string[] args)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(args);
        configuration.AddSettings();
        var settings = SettingNames.All.ToDictionary(setting => setting.Name, setting => SettingsSource.Checked(setting, configuration[setting.Name]));
        // Where the data goes unless STATE_DIR tells; no setting of ours.
        settings["XDG_DATA_HOME"] = configuration["XDG_DATA_HOME"];
        return new EmbeddedSettings(settings, configuration.GetConnectionString(DatabaseSettings.Name) is { Length: > 0 } given ? given : null);
    }

    public int Port(string name, int otherwise) => Get(name) is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : otherwise;

    public string WithPool(string connectionString)
    {
        // Npgsql's own builder knows every key and so cannot tell whether one was given.
        var pooled = new DbConnectionStringBuilder { ConnectionString = DatabaseSettings.WithPool(connectionString, Get) };
        if (!pooled.ContainsKey("Maximum Pool Size") && !pooled.ContainsKey("MaxPoolSize"))
            pooled["Maximum Pool Size"] = DefaultPool;
        return pooled.ConnectionString;
    }

    public PrivatePostgresOptions Postgres(Action<string> progress)
    {
        var options = new PrivatePostgresOptions
        {
            Folder = Path.Combine(StateFolder, "postgres"),
            Progress = progress,
            // Three hosts, and the command line beside them.
            MaxConnections = (3 * new NpgsqlConnectionStringBuilder(WithPool("")).MaxPoolSize) + 20,
        };
        return options with
        {
            SharedBuffers = Get("DATABASE_SHARED_BUFFERS") ?? options.SharedBuffers,
            EffectiveCacheSize = Get("DATABASE_EFFECTIVE_CACHE_SIZE") ?? options.EffectiveCacheSize,
        };
    }

    private string? Get(string name) => _settings.GetValueOrDefault(name);
}
