using System.Globalization;
using EmailOps.Api;
using EmailOps.AppHost.Postgres;
using EmailOps.Web;
using EmailOps.Worker;

namespace EmailOps.AppHost.Embedded;

/// <summary>
/// EmailOps in one process: Api, Worker and Web, each as its own Program would start it, on a private PostgreSQL or on the server that
/// ConnectionStrings__emailops names. They read the same configuration keys as under Aspire and cannot tell the difference.
/// </summary>
public sealed class EmbeddedHost : IAsyncDisposable
{
    /// <summary>What the hosts get to finish what they have in hand; work items that do not make it are leased again at the next start.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan SignalReachesAll = TimeSpan.FromMilliseconds(300);

    private readonly PrivatePostgres? _postgres;
    private readonly string _running;
    private bool _disposed;

    private EmbeddedHost(EmbeddedSettings settings, string connectionString, PrivatePostgres? postgres, HostPart[] parts, WebApplication[] hosts)
    {
        _postgres = postgres;
        StateFolder = settings.StateFolder;
        ConnectionString = connectionString;
        (Api, Worker, Web) = (hosts[0], hosts[1], hosts[2]);
        (ApiAddress, WorkerAddress, WebAddress) = (parts[0].Address, parts[1].Address, parts[2].Address);
        _running = StateFiles.WriteRunning(StateFolder, connectionString, ApiAddress, WebAddress);
    }

    public WebApplication Api { get; }

    public WebApplication Worker { get; }

    public WebApplication Web { get; }

    public Uri ApiAddress { get; }

    public Uri WorkerAddress { get; }

    public Uri WebAddress { get; }

    public string ConnectionString { get; }

    public string StateFolder { get; }

    /// <param name="args">KEY=VALUE, which wins over the environment and .env.</param>
    /// <param name="progress">Told before each step that a person may wait for.</param>
    /// <param name="cancel">Gives up; nothing is left running.</param>
    /// <exception cref="StartupException">Says why and what to do.</exception>
    /// <exception cref="ServiceDefaults.Settings.InvalidSettingException">A setting cannot be used.</exception>
    public static async Task<EmbeddedHost> StartAsync(string[] args, Action<string> progress, CancellationToken cancel = default)
    {
        var settings = EmbeddedSettings.Read(args);
        HostPart[] parts =
        [
            Part("API", "EmailOps.Api", "API_PORT", 8000, ApiHost.Create),
            Part("worker", "EmailOps.Worker", "WORKER_PORT", 8080, WorkerHost.Create),
            Part("console", "EmailOps.Web", "WEB_PORT", 8501, WebHost.Create),
        ];
        StateFiles.MakeFolder(settings.StateFolder);
        var postgres = settings.ConnectionString is null ? await PrivatePostgres.StartAsync(settings.Postgres(progress), cancel) : null;
        try
        {
            progress("Starting API, worker and console");
            var connectionString = settings.WithPool(settings.ConnectionString ?? postgres!.ConnectionString);
            var hosts = await StartAllAsync(parts, HostArguments(args, settings, connectionString, parts[0].Address), cancel);
            return new EmbeddedHost(settings, connectionString, postgres, parts, hosts);
        }
        catch
        {
            if (postgres is not null)
                await postgres.DisposeAsync();
            throw;
        }

        HostPart Part(string name, string application, string portKey, int port, Func<string[], WebApplication> create)
        {
            var taken = Ports.Take(settings.Address, settings.Port(portKey, port), portKey);
            return new HostPart(name, application, new UriBuilder(Uri.UriSchemeHttp, settings.Address, taken).Uri, portKey, create);
        }
    }

    /// <summary>Completes when one of the hosts stops by itself: then the others have nothing to stand on.</summary>
    /// <returns>Its name; null when cancelled.</returns>
    public async Task<string?> WaitForStopAsync(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var (name, host) in (ReadOnlySpan<(string, WebApplication)>)[("API", Api), ("worker", Worker), ("console", Web)])
            host.Lifetime.ApplicationStopping.Register(() => stopped.TrySetResult(name));
        var cancelled = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        await Task.WhenAny(stopped.Task, cancelled);
        // On Ctrl-C the hosts see the same signal, maybe before us.
        await Task.WhenAny(cancelled, Task.Delay(SignalReachesAll, TimeProvider.System, CancellationToken.None));
        return cancel.IsCancellationRequested ? null : await stopped.Task;
    }

    /// <summary>The hosts stop first and together, PostgreSQL when nobody uses it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        using var limit = new CancellationTokenSource(StopTimeout);
        await Task.WhenAll(new[] { Web, Worker, Api }.Select(host => StopAsync(host, limit.Token)));
        File.Delete(_running);
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    // The host itself logs what did not stop in time.
    private static async Task StopAsync(WebApplication host, CancellationToken limit)
    {
        try
        {
            await host.StopAsync(limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            host.Logger.StoppedTooSlowly(host.Environment.ApplicationName, StopTimeout);
        }

        await host.DisposeAsync();
    }

    private static string[] HostArguments(string[] args, EmbeddedSettings settings, string connectionString, Uri api) =>
    [
        .. args,
        $"--ConnectionStrings:emailops={connectionString}",
        string.Create(CultureInfo.InvariantCulture, $"--services:api:http:0={ReachableFrom(api)}"),
        $"--EMAILOPS_API_KEY={settings.ApiKey ?? StateFiles.ApiKey(settings.StateFolder)}",
        $"--STATE_DIR={settings.StateFolder}",
        // ENV alone decides: dotnet run takes ASPNETCORE_ENVIRONMENT from a launch profile, which is made for the Aspire dashboard.
        $"--environment={settings.Environment}",
        // A first start shows something to look at; an installation with a mailbox is never touched.
        $"--Samples:Load={settings.LoadSamples}",
        // The banner of this process has the link.
        "--WEB_BANNER=false",
    ];

    /// <summary>Who listens on every address is called on this machine's own.</summary>
    internal static Uri ReachableFrom(Uri listening) => listening.Host is "0.0.0.0" or "[::]" ? new UriBuilder(listening) { Host = "127.0.0.1" }.Uri : listening;

    // Together, because building a host is work for a processor and starting one waits for the database.
    private static async Task<WebApplication[]> StartAllAsync(HostPart[] parts, string[] args, CancellationToken cancel)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var starting = parts.Select(part => Task.Run(
            async () =>
            {
                try
                {
                    return await part.StartAsync(args, failed.Token);
                }
                catch
                {
                    await failed.CancelAsync();
                    throw;
                }
            },
            CancellationToken.None)).ToArray();
        try
        {
            return await Task.WhenAll(starting);
        }
        catch
        {
            foreach (var started in starting.Where(start => start.IsCompletedSuccessfully))
                await started.Result.DisposeAsync();
            // The first cause: the others were only told to give up.
            if (!cancel.IsCancellationRequested && starting.Select(start => start.Exception?.InnerException).FirstOrDefault(cause => cause is not null and not OperationCanceledException) is { } cause)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
