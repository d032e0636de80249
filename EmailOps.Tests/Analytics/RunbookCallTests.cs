using System.Diagnostics;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Analytics;

/// <summary>The calls of the runbooks, letter for letter, by curl and jq: only a .curlrc tells curl the key and where localhost:8000 and :8080 are.</summary>
[Collection(SampleInstallation.Name)]
public sealed class RunbookCallTests(SampleInstallation installation)
{
    [Fact]
    public async Task Every_curl_of_the_runbooks_runs_unchanged()
    {
        if (!await HasAsync("curl") || !await HasAsync("jq"))
        {
            Console.Error.WriteLine("The runbooks' calls were not tried: curl or jq is missing on this machine.");
            return;
        }
        var home = Directory.CreateTempSubdirectory("curl");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home.FullName, ".curlrc"), $"""
                header = "X-Api-Key: {TestHosts.Key}"
                connect-to = "localhost:8000:127.0.0.1:{installation.Api.Address().Port}"
                connect-to = "localhost:8080:127.0.0.1:{installation.Worker.Address().Port}"
                """);
            foreach (var (command, holds) in s_calls)
            {
                var (code, output, error) = await RunAsync(home.FullName, "bash", "-c", $"set -o pipefail; {command}");
                Assert.True(code == 0 && holds(output.Trim()), $"{command}\n{code}: {output}\n{error}");
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static bool IsNumber(string text) => double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _);

    private static readonly (string Command, Func<string, bool> Holds)[] s_calls =
    [
        ("""curl -s -o /dev/null -w "%{http_code}" http://localhost:8000/health""", o => o == "200"),
        ("curl -v http://localhost:8000/health", o => o.Contains("healthy", StringComparison.Ordinal)),
        ("curl -s http://localhost:8000/health/detailed | jq '.components'", o => o.Contains("llm_service", StringComparison.Ordinal)),
        ("curl http://localhost:8000/health/detailed | jq '.components.m365_auth'", o => o.Contains("not configured", StringComparison.Ordinal)),
        ("curl http://localhost:8000/health/detailed | jq '.components.llm_service'", o => o.Contains("status", StringComparison.Ordinal)),
        ("curl http://localhost:8000/health/detailed | jq '.components.database'", o => o.Contains("PostgreSQL", StringComparison.Ordinal)),
        ("curl http://localhost:8000/health/detailed | jq -e '.components.database.pool | .size > 0 and .inUse + .idle > 0'", o => o == "true"),
        ("curl -s http://localhost:8000/process/status | jq '.emails_processed_today, .current_queue_size'", o => o.Split('\n') is [var today, var queue] && IsNumber(today) && IsNumber(queue)),
        ("curl http://localhost:8000/process/status | jq '.'", o => o.StartsWith('{')),
        ("curl http://localhost:8000/process/status | jq '.processing_stats.success_rate, .processing_stats.average_processing_time'", o => o.Split('\n').All(IsNumber)),
        ("curl http://localhost:8000/config/validation | jq '.validations.m365'", o => o.Contains("not_configured", StringComparison.Ordinal)),
        ("curl http://localhost:8000/config/validation | jq '.validations.teams'", o => o.Contains("not_configured", StringComparison.Ordinal)),
        ("curl http://localhost:8000/config/validation | jq -r '.validations.database.status'", o => o == "valid"),
        ("curl -X POST http://localhost:8000/process/trigger", o => o.Contains("woken", StringComparison.Ordinal)),
        ("curl http://localhost:8000/analytics/performance?period=day | jq '.metrics.classification_accuracy'", o => o == "null" || IsNumber(o)),
        ("curl http://localhost:8000/analytics/performance | jq '.confidence_distribution'", o => o.Contains("\"messages\"", StringComparison.Ordinal)),
        ("curl http://localhost:8000/analytics/performance?period=month | jq -e '.metrics.total_processed > 0 and (.category_distribution | length > 0)'", o => o == "true"),
        ("curl -X POST http://localhost:8000/internal/metrics/update", o => o.Contains("\"updated\":true", StringComparison.Ordinal)),
        ("curl -X POST http://localhost:8000/internal/patterns/analyze", o => o.Contains("article_candidates", StringComparison.Ordinal)),
        ("curl http://localhost:8000/status-page | jq -e '.status != \"outage\" and (.components | length) >= 2'", o => o == "true"),
        ("curl -s http://localhost:8000/email-triage | jq -r '.components[].name'", o => o.Contains("Mail processing", StringComparison.Ordinal)),
        ("curl -s http://localhost:8000/analytics/kpi?hours=24 | jq -e '.email_processing.total_processed > 0 and (.availability | has(\"uptime_percentage\")) and (.system | has(\"cpu_usage\"))'", o => o == "true"),
        ("curl -s http://localhost:8000/analytics/capacity?days=30 | jq -e '(.email_volume | has(\"growth_rate\")) and (.resource_usage.storage | has(\"projected_full\")) and .recommendations'", o => o.Length > 0),
        ("curl -X POST http://localhost:8080/admin/clear-cache", o => o.Contains("answers", StringComparison.Ordinal)),
        ("curl http://localhost:8080/metrics | grep emailops_queue_size", o => o.Length > 0),
    ];

    [Fact]
    public async Task The_workers_port_clears_caches_for_nobody_without_a_key()
    {
        foreach (var key in new[] { null, "wrong" })
        {
            using var caller = new ApiCaller(installation.Worker.Address(), key);
            using var refused = await caller.Http.PostAsync("/admin/clear-cache", null);
            Assert.Equal(401, (int)refused.StatusCode);
            Assert.StartsWith("Bearer", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task<bool> HasAsync(string program)
    {
        using var which = Process.Start(new ProcessStartInfo("bash", ["-c", $"command -v {program}"]) { RedirectStandardOutput = true })!;
        await which.WaitForExitAsync();
        return which.ExitCode == 0;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string home, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CURL_HOME"] = home;
        start.Environment["NO_PROXY"] = "*";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }
}
