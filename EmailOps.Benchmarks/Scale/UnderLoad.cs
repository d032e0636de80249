using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EmailOps.Benchmarks.Scale;

/// <summary>The Api asked by <c>wrk</c> (a program of the system) over sixteen connections at once: requests a second and the times within which 50, 95 and 99 of 100 are answered.</summary>
internal static partial class UnderLoad
{
    private const int Connections = 16;
    private static readonly string[] s_asked = ["inbox", "inbox, half down", "inbox decision=Suggest", "inbox category=press", "inbox q=w900", "message page", "status", "health"];

    public static async Task ReportAsync(Uri api, string key, IEnumerable<(string What, string Path)> requests, int seconds, CancellationToken cancel)
    {
        // wrk prints 50, 75, 90 and 99; the script asks for the 95th percentile, too.
        var script = Path.Combine(Path.GetTempPath(), $"emailops-wrk-{Environment.ProcessId}.lua");
        await File.WriteAllTextAsync(script, """
            done = function(summary, latency, requests)
              local e = summary.errors
              print(string.format("EMAILOPS %.1f %.2f %.2f %.2f %d", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, e.status + e.connect + e.read + e.write + e.timeout))
            end
            """, cancel);
        try
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{$"under load, {Connections} connections",-40} {"requests/s",10} {"p50 ms",8} {"p95 ms",8} {"p99 ms",8} {"failed",7}"));
            foreach (var (what, path) in requests.Where(r => s_asked.Contains(r.What)))
            {
                var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
                foreach (var argument in (string[])["-t1", $"-c{Connections}", $"-d{seconds}s", "-s", script, "-H", $"X-Api-Key: {key}", new Uri(api, path).AbsoluteUri]) start.ArgumentList.Add(argument);
                using var wrk = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start.");
                var said = await wrk.StandardOutput.ReadToEndAsync(cancel);
                await wrk.WaitForExitAsync(cancel);
                if (Figures().Match(said) is not { Success: true } figures) throw new InvalidOperationException($"wrk said: {said}");
                Console.WriteLine($"{what,-40} {figures.Groups[1].Value,10} {figures.Groups[2].Value,8} {figures.Groups[3].Value,8} {figures.Groups[4].Value,8} {figures.Groups[5].Value,7}");
            }
        }
        finally
        {
            File.Delete(script);
        }
    }

    [GeneratedRegex(@"EMAILOPS ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+)")]
    private static partial Regex Figures();
}
