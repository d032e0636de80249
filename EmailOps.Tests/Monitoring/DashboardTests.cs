using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Monitoring;

/// <summary>A real Prometheus reads a real run, and is asked every query of the dashboards, the recording rules, the alerts and the replaced runbooks.</summary>
[Collection(SampleInstallation.Name)]
public sealed class DashboardTests(SampleInstallation installation) : IDisposable
{
    /// <summary>Without a language model, Redis, a mail server, drift or a failure there is nothing to show; the query itself must be sound.</summary>
    private static readonly string[] s_mayBeEmpty =
    [
        "emailops_model", "emailops_consult_duration", "emailops_redis", "provider_", "emailops_intake_failures", "emailops_intake_gap", "emailops_drift", "emailops_classification_accuracy", "emailops_answer_satisfaction", "emailops:cost_per_mail",
        "emailops_delivery_attempts", "emailops_log_lines", "log_errors", "errors:ratio5m_by_path", "http_client_request", "emailops_monitor_age", "emailops_job_", "emailops_process_cpu", "emailops_message_cost", "emailops_health_status", "thread_pool", "status=~\"5..\"",
    ];
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-prometheus").FullName;

    [Fact]
    public async Task Every_query_finds_what_it_asks_for_in_a_real_Prometheus_that_reads_a_real_run()
    {
        if (MonitoringTools.Get() is not { } tools) return;
        var source = Path.Combine(Checkout.Root, "deploy/monitoring/prometheus");
        foreach (var file in (string[])["recording.yaml", "alerts.yaml"]) File.WriteAllText(Path.Combine(_folder, file), File.ReadAllText(Path.Combine(source, file)).Replace("interval: 15s", "interval: 1s", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "prometheus.yaml"), $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s, external_labels: { console: 'http://console' } }
            rule_files: [recording.yaml, alerts.yaml]
            scrape_configs:
              - job_name: email-triage
                static_configs: [{ targets: ['{{installation.Api.Address().Authority}}', '{{installation.Worker.Address().Authority}}'] }]
            """);
        var port = FreePorts.Take();
        using var process = Process.Start(new ProcessStartInfo(tools.Program("prometheus"),
            [$"--config.file={_folder}/prometheus.yaml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEndAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await installation.Caller.GetAsync<ProcessStatus>(Routes.ProcessStatus);
            await Wait.UntilAsync(async () =>
            {
                Assert.False(process.HasExited, process.HasExited ? await said : "");
                try
                {
                    return Results(await AskAsync(http, "emailops:queue:size and on() (sum(up{job=\"email-triage\"}) == 2) and on() emailops:http_requests:rate5m")).Count > 0;
                }
                catch (HttpRequestException)
                {
                    return false; // it does not listen yet
                }
            }, "Prometheus has read both processes and computed its rules", 60);

            var failures = new List<string>();
            foreach (var (where, query) in Queries())
            {
                var answer = await AskAsync(http, query);
                if ($"{answer["status"]}" != "success") failures.Add($"{where}: {query}: {answer["error"]}");
                else if (Results(answer).Count == 0 && !s_mayBeEmpty.Any(m => query.Contains(m, StringComparison.Ordinal))) failures.Add($"{where}: {query}: nothing");
            }
            Assert.True(failures.Count == 0, string.Join('\n', failures));
            var rules = (await http.GetStringAsync("/api/v1/rules")) is var text ? JsonNode.Parse(text)!["data"]!["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).ToList() : [];
            Assert.All(rules, r => Assert.True($"{r!["health"]}" is "ok", $"{r["name"]}: {r["lastError"]}"));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public void Dashboards_have_their_own_names_and_provisioning_finds_them()
    {
        var boards = Boards().ToList();
        Assert.Equal(3, boards.Select(b => $"{b.Board["uid"]}").Distinct().Count());
        Assert.All(boards, b => Assert.All(b.Board["panels"]!.AsArray(), p => Assert.Equal("prometheus", $"{p!["datasource"]!["uid"]}")));
        Assert.All(boards, b => Assert.Equal(b.Board["panels"]!.AsArray().Count, b.Board["panels"]!.AsArray().Select(p => $"{p!["id"]}").Distinct().Count()));
        Assert.Contains("uid: prometheus", File.ReadAllText(Path.Combine(Checkout.Root, "deploy/monitoring/grafana/provisioning/datasources/datasources.yaml")), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, JsonNode Board)> Boards() => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "deploy/monitoring/grafana/dashboards"), "*.json").Select(f => (Path.GetFileName(f), JsonNode.Parse(File.ReadAllText(f))!));

    /// <summary>Those of the panels, of annotations, and of the runbooks of the replaced systems.</summary>
    private static IEnumerable<(string Where, string Query)> Queries() =>
    [
        .. Boards().SelectMany(b => b.Board["panels"]!.AsArray().SelectMany(p => p!["targets"]!.AsArray().Select(t => ($"{b.Name} {p["title"]}", $"{t!["expr"]}")))),
        ("runbook", "up{job=\"email-triage\"}"), ("runbook", "email_queue_size"), ("runbook", "histogram_quantile(0.95, email_processing_duration_seconds_bucket)"), ("runbook", "rate(emails_processed_total[1h])"),
        ("runbook", "crewai_email_processing_duration_seconds{quantile=\"0.95\"}"), ("runbook", "crewai_email_queue_length"), ("runbook", "rate(crewai_emails_processed_total[5m])"), ("runbook", "crewai_requests_total"),
        ("runbook", "postgresql_stat_database_numbackends > 0"), ("runbook", "http_requests_total{status=~\"2..\"}"), ("runbook", "email_processing_seconds_count"), ("runbook", "database_connections"), ("runbook", "emails_processed_total{status=\"success\"}"),
    ];

    private static async Task<JsonNode> AskAsync(HttpClient http, string query)
    {
        using var form = new FormUrlEncodedContent([new("query", query), new("time", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))]);
        using var answer = await http.PostAsync("/api/v1/query", form);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) throw new HttpRequestException("Prometheus is reading what it has stored.");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static JsonArray Results(JsonNode answer) => answer["data"]?["result"]?.AsArray() ?? [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
