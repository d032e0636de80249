using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Core.Contracts;

namespace EmailOps.Benchmarks.Soak;

/// <summary>The embedded AppHost as a process of its own, as <c>run.sh</c> starts it, without sample mail and without a language model.</summary>
internal sealed class Product : IAsyncDisposable
{
    private const string Key = "key-of-the-benchmark-soak";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly string _folder;
    private readonly HttpClient _http;
    private readonly int[] _ports = FreePorts.Take(3);
    private Process? _process;

    public Product(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[0]}"), Timeout = s_patience };
        _http.DefaultRequestHeaders.Add("X-Api-Key", Key);
    }

    /// <returns>The time until <c>/health</c> said yes.</returns>
    public async Task<TimeSpan> StartAsync(CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >>\"$1\" 2>&1", Path.Combine(AppContext.BaseDirectory, "EmailOps.AppHost.dll"), Path.Combine(_folder, "console.log")]);
        foreach (var name in (string[])["ConnectionStrings__emailops", "INDEX_DB_URL"]) start.Environment.Remove(name);
        foreach (var (name, value) in ((string, string)[])[("STATE_DIR", _folder), ("EMAILOPS_ENV_FILE", "none"), ("LOAD_SAMPLES", "false"), ("OLLAMA_FIND", "false"), ("EMAILOPS_API_KEY", Key), ("LOG_LEVEL", "WARNING"),
            ("API_PORT", Text(_ports[0])), ("WORKER_PORT", Text(_ports[1])), ("WEB_PORT", Text(_ports[2]))]) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("EmailOps did not start.");
        while (!await IsHealthyAsync(cancel))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > s_patience) throw new InvalidOperationException($"EmailOps did not start:\n{string.Join('\n', File.ReadLines(Path.Combine(_folder, "console.log")).TakeLast(20))}");
            await Task.Delay(50, cancel);
        }
        return Stopwatch.GetElapsedTime(began);
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync("/health", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // nobody listens yet
        }
    }

    /// <summary>Resident memory of the process, without PostgreSQL's, in megabytes (10^6).</summary>
    public double Memory()
    {
        // VmRSS:    123456 kB
        var line = File.ReadLines($"/proc/{_process!.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmRSS:".Length, line.Length - "VmRSS:".Length - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    public async Task UploadAsync(IEnumerable<byte[]> mails, CancellationToken cancel)
    {
        using var box = new MemoryStream();
        foreach (var mail in mails)
        {
            box.Write("From bench@shop.example Mon Jan  5 08:00:00 2026\r\n"u8);
            box.Write(mail);
            box.Write("\r\n"u8);
        }
        box.Position = 0;
        using var form = new MultipartFormDataContent { { new StreamContent(box), "files", "soak.mbox" } };
        using var answer = await _http.PostAsync(Routes.Imports, form, cancel);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
    }

    /// <summary>Work items of all stages.</summary>
    public async Task<long> WaitingAsync(CancellationToken cancel)
        => (await _http.GetFromJsonAsync<ProcessStatus>(Routes.ProcessStatus, ContractJson.Options, cancel))!.CurrentQueueSize;

    public async Task StopAsync(CancellationToken cancel)
    {
        if (_process is not { HasExited: false } process) return;
        using var ask = Process.Start("/bin/kill", ["-TERM", Text(process.Id)]);
        await process.WaitForExitAsync(cancel);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _process?.Dispose();
        _http.Dispose();
    }
}
