using System.Diagnostics;
using System.Globalization;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Tests.Hosts;

/// <summary>One of our servers as a container would run it: a process with the given environment and nothing else, and a home it cannot write to.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _program;
    private readonly string[] _starter;
    private readonly Dictionary<string, string> _environment;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <param name="program">One of ours, beside these tests; or, with a starter, what the starter is to run.</param>
    /// <param name="environment">All that it gets.</param>
    /// <param name="starter">A program and its first arguments, which runs it in a place of its own.</param>
    public OwnServer(string program, IEnumerable<KeyValuePair<string, string>> environment, params string[] starter)
    {
        _program = program;
        _starter = starter.Length > 0 ? starter : ["dotnet", Path.Combine(AppContext.BaseDirectory, program + ".dll")];
        Port = FreePorts.Take();
        _environment = new Dictionary<string, string>(environment) { ["ASPNETCORE_HTTP_PORTS"] = Port.ToString(CultureInfo.InvariantCulture) };
        _process = Start([]);
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Waits until it says that it can do its work, and has the container's healthcheck say so as well.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(http))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                if (!_process.HasExited) _process.Kill();
                throw new InvalidOperationException($"{_program} does not get ready.\n{await _error}\n{await _output}");
            }
            await Task.Delay(50);
        }
        var (code, answer) = await AskAsync();
        Assert.True(code == 0, answer);
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    /// <summary>The built-in healthcheck, as a process of its own.</summary>
    public async Task<(int Code, string Output)> AskAsync()
    {
        using var asking = Start(["healthcheck"]);
        var output = await asking.StandardOutput.ReadToEndAsync();
        await asking.WaitForExitAsync();
        return (asking.ExitCode, output);
    }

    /// <summary>As Kubernetes and compose stop it.</summary>
    /// <returns>Exit code, standard output and standard error.</returns>
    public async Task<(int Code, string Output, string Error)> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(_starter[0], [.. _starter[1..], .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var inherited in (string[])["PATH", "DOTNET_ROOT"])
            if (Environment.GetEnvironmentVariable(inherited) is { } value) start.Environment[inherited] = value;
        start.Environment["HOME"] = "/nonexistent";
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
