using EmailOps.Api;
using EmailOps.Tests.Store;
using EmailOps.Worker;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Hosts;

/// <summary>Starts the real hosts on a free port, as their own Program would.</summary>
internal static class TestHosts
{
    public const string Key = "the-key-of-this-installation";

    public static Task<WebApplication> ApiAsync(string connectionString, params string[] settings) => StartAsync(ApiHost.Create, connectionString, settings);

    public static Task<WebApplication> WorkerAsync(string connectionString, params string[] settings) => StartAsync(WorkerHost.Create, connectionString, settings);

    internal static async Task<WebApplication> StartAsync(Func<string[], WebApplication> create, string connectionString, string[] settings)
    {
        RunLogs.Secret(Key);
        RunLogs.Secret(TestStore.SecretsKey);
        var app = create(
        [
            $"--ConnectionStrings:emailops={connectionString}", "--urls=http://127.0.0.1:0", "--EMAILOPS_ENV_FILE=none", $"--EMAILOPS_API_KEY={Key}", "--environment=Production",
            "--LOG_LEVEL=INFO", $"--SECRETS_KEY={TestStore.SecretsKey}",
            // Trained once for all runs of one build.
            $"--CACHE_DIR={Path.Combine(AppContext.BaseDirectory, "test-cache")}",
            // Nobody looks while something else is tested; who tests the monitor switches it on.
            "--Alerts:Enabled=false",
            .. RunLogs.Settings().Select(s => $"--{s.Name}={s.Value}"),
            .. settings,
        ]);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public static Uri Address(this WebApplication app) => new(app.Urls.First());
}
