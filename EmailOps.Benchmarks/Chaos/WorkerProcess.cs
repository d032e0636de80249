using System.Diagnostics;
using System.Globalization;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>The real worker as a process of its own, started and killed again and again.</summary>
/// <param name="skew">How much its clock is ahead of the machine's.</param>
internal sealed class WorkerProcess(string log, IReadOnlyList<(string Name, string Value)> settings, TimeSpan skew = default) : IAsyncDisposable
{
    private Process? _process;

    public int Id => _process?.Id ?? throw new InvalidOperationException("It was not started.");

    /// <summary>It ended by itself: chaos must not, whatever its servers do.</summary>
    public bool HasDied => _process is { HasExited: true };

    /// <summary>Of a process that has ended.</summary>
    public int ExitCode => _process!.ExitCode;

    public void Start()
    {
        _process?.Dispose();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        // The shell only leads both streams into the log; the worker takes its place.
        foreach (var argument in (string[])["-c", "exec \"$@\" >>\"$0\" 2>&1", log, Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", .. skew == TimeSpan.Zero ? [Program("EmailOps.Worker")] : (string[])[Program("EmailOps.Benchmarks"), SkewedWorker.Name, "--skew", skew.TotalSeconds.ToString(CultureInfo.InvariantCulture)]]) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["ConnectionStrings__emailops", "INDEX_DB_URL", "STATE_DIR"]) start.Environment.Remove(name);
        foreach (var (name, value) in settings) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
    }

    /// <summary>kill -9; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as supervisors send it; returns at once.</summary>
    public async Task TerminateAsync()
    {
        if (_process is not { HasExited: false }) return;
        using var kill = Process.Start("/bin/kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <returns>Its exit code, once it has ended.</returns>
    public async Task<int> EndedAsync(CancellationToken cancel = default)
    {
        await _process!.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>The end of what it logged, for people.</summary>
    public string LastLines(int count) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(count)) : "";

    private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
    }
}
