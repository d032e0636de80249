using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EmailOps.Tests.AppHost;

/// <summary>The AppHost as a process of its own, as run.sh starts it, on free ports.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _said = new();
    private readonly Process _process;
    private readonly Task _ended;

    public AppHostProcess(string stateFolder, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EmailOps.AppHost.dll")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["STATE_DIR"] = stateFolder;
        start.Environment["EMAILOPS_ENV_FILE"] = "none";
        start.Environment.Remove("ConnectionStrings__emailops");
        foreach (var port in (string[])["API_PORT", "WORKER_PORT", "WEB_PORT"])
            start.Environment[port] = "0";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _ended = Task.WhenAll(CollectAsync(_process.StandardError), CollectAsync(_process.StandardOutput));
    }

    public int Id => _process.Id;

    public string Said => string.Join('\n', _said);

    public async Task<AppHostProcess> RunningAsync()
    {
        await WaitAsync(() => Said.Contains("EmailOps is running", StringComparison.Ordinal), "come up");
        return this;
    }

    /// <summary>As kill(1) does it.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> EndedAsync()
    {
        await WaitAsync(() => _process.HasExited, "end");
        await _ended;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await SignalAsync("TERM");
        await EndedAsync();
        _process.Dispose();
    }

    private async Task WaitAsync(Func<bool> done, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience || (_process.HasExited && what != "end"))
            {
                await Task.Delay(200);
                Assert.Fail($"The AppHost did not {what}. It said:\n{Said}");
            }

            await Task.Delay(30);
        }
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _said.Enqueue(line);
    }
}
