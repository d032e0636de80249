using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace EmailOps.ServiceDefaults.Settings;

/// <summary>
/// Puts .env and the operator's names into the configuration. Who wins, from the weakest: appsettings.json, .env of the state folder,
/// .env of the checkout, the environment, the command line; and a key by its full name (Work__BatchSize) over its short one.
/// </summary>
public static class SettingsSource
{
    /// <exception cref="InvalidSettingException">A value cannot be used; names the setting and what is allowed.</exception>
    public static void AddSettings(this IConfigurationManager configuration)
    {
        // Beside the program, whatever folder it was started from; weaker than anything there is already.
        configuration.Sources.Insert(0, new JsonConfigurationSource { Path = "appsettings.json", Optional = true, FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory) });
        var file = ReadEnvFiles(name => configuration[name]);
        InsertBelowEnvironment(configuration, file.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value));

        var mapped = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in SettingNames.All)
        {
            if (Checked(setting, configuration[setting.Name]) is { } value)
            {
                mapped[setting.Name] = value;
                if (setting.Key is not null)
                    mapped[setting.Key] = value;
            }
        }

        // The key of stored passwords is kept in the state folder, wherever that is.
        mapped["Secrets:Folder"] = StateFolder.FindOrNull(name => configuration[name]);
        InsertBelowEnvironment(configuration, mapped);
        AddDatabase(configuration, mapped.GetValueOrDefault);
        // Like the database: the full name wins over the short one.
        if (string.IsNullOrEmpty(configuration["ConnectionStrings:redis"]) && mapped.GetValueOrDefault("REDIS_URL") is { } redis)
            configuration.AddInMemoryCollection([new("ConnectionStrings:redis", redis)]);
    }

    /// <summary>The settings of both .env files, none when EMAILOPS_ENV_FILE says "none", only the state folder's when it says "state"; the checkout is the one we stand or run in.</summary>
    public static IReadOnlyDictionary<string, string> ReadEnvFiles(Func<string, string?> setting)
    {
        if (setting("EMAILOPS_ENV_FILE") is "none")
            return new Dictionary<string, string>();
        var checkout = setting("EMAILOPS_ENV_FILE") is not "state" && FindEnvFile() is { } path ? EnvFile.Read(path) : new Dictionary<string, string>();
        // STATE_DIR may stand in the checkout's .env, and then tells where the other one is.
        var state = StateFolder.Find(name => setting(name) ?? checkout.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name));
        var result = new Dictionary<string, string>(EnvFile.Read(Path.Combine(state, ".env")), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in checkout)
            result[name] = value;
        return result;
    }

    /// <summary>Answers the value in its one form, or null when it is not set.</summary>
    public static string? Checked(Setting setting, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        try
        {
            return setting.Check(value.Trim());
        }
        catch (FormatException allowed)
        {
            // Only settings without secrets have a check that can fail.
            throw new InvalidSettingException(setting.Name, $"cannot be \"{value}\".", $"Allowed: {allowed.Message}.");
        }
    }

    private static void AddDatabase(IConfigurationManager configuration, Func<string, string?> setting)
    {
        var key = $"ConnectionStrings:{DatabaseSettings.Name}";
        var (name, given) = configuration[key] is { Length: > 0 } direct
            ? (key.Replace(":", "__", StringComparison.Ordinal), direct)
            : ("INDEX_DB_URL", configuration["INDEX_DB_URL"]);
        if (string.IsNullOrEmpty(given))
            return;
        // Above everything: it is made of what was given, wherever that was.
        configuration.AddInMemoryCollection([new(key, DatabaseSettings.WithPool(DatabaseSettings.FromAddress(name, given), setting))]);
    }

    private static string? FindEnvFile()
    {
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                // Only a checkout's own: a .env lying about in a home or temporary folder is somebody else's.
                if (File.Exists(Path.Combine(folder, "EmailOps.sln")))
                    return Path.Combine(folder, ".env");
            }
        }

        return null;
    }

    private static void InsertBelowEnvironment(IConfigurationManager configuration, Dictionary<string, string?> values)
    {
        var source = new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = values };
        var at = 1; // above appsettings.json
        for (var index = 0; index < configuration.Sources.Count; index++)
        {
            // The one without prefix; those with DOTNET_ and ASPNETCORE_ stand at the bottom.
            if (configuration.Sources[index] is EnvironmentVariablesConfigurationSource { Prefix: null or "" })
                at = index;
        }

        configuration.Sources.Insert(at, source);
    }
}
