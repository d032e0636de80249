using System.Diagnostics;
using System.Text;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Tests.Hosts;

/// <summary>The Api, Worker or console as a process of its own on a free port, with nothing of this process's settings.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private OwnServer(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <returns>A server that answers /alive.</returns>
    public static async Task<OwnServer> StartAsync(string program, params (string Name, string Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePorts.Take()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), $"--urls={address}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var name in (string[])["ConnectionStrings__emailops", "INDEX_DB_URL", "STATE_DIR"]) start.Environment.Remove(name);
        start.Environment["EMAILOPS_ENV_FILE"] = "none";
        start.Environment["LOG_FILE_ENABLED"] = "false";
        start.Environment["LOG_LEVEL"] = "WARNING";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var server = new OwnServer(Process.Start(start)!, address);
        using var http = new HttpClient { BaseAddress = address };
        var began = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync(http))
        {
            if (!server._process.HasExited && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(50);
                continue;
            }
            await server.DisposeAsync();
            throw new InvalidOperationException($"{program} does not answer. It said: {server._said}");
        }
        return server;
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAsync("/alive")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not yet
        }
    }

    private void Keep(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
