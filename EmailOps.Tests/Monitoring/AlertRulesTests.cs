using System.Text.RegularExpressions;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Architecture;
using EmailOps.Tests.Deploy;

namespace EmailOps.Tests.Monitoring;

/// <summary>deploy/monitoring: what Prometheus and Alertmanager themselves say to their files, and that they are those of the built-in monitor.</summary>
public sealed partial class AlertRulesTests
{
    private const string Prometheus = "deploy/monitoring/prometheus";
    private static readonly string[] s_slots = ["{0}", "{1}"];

    [Fact]
    public void The_rule_file_is_the_catalog_printed()
    {
        var printed = PrometheusRules.Render(AlertCatalog.All);
        // EMAILOPS_WRITE=1 writes the file after the catalog was changed.
        if (Environment.GetEnvironmentVariable("EMAILOPS_WRITE") is "1") File.WriteAllText(Path.Combine(Checkout.Root, Prometheus, "alerts.yaml"), printed);
        Assert.Equal(printed, House.Read($"{Prometheus}/alerts.yaml"));
    }

    [Fact]
    public void Prometheus_takes_configuration_and_rules_and_each_alert_fires_when_it_should_and_not_before()
    {
        if (MonitoringTools.Get() is not { } tools) return;
        var folder = Path.Combine(Checkout.Root, Prometheus);
        foreach (var check in (string[][])[["check", "config", "prometheus.yaml"], ["check", "config", "--syntax-only", "../k8s/prometheus-config.yaml"], ["check", "rules", "alerts.yaml", "recording.yaml"], ["test", "rules", "tests.yaml"]])
        {
            var (code, said) = tools.Run("promtool", null, [.. check.Select(a => a.EndsWith(".yaml", StringComparison.Ordinal) ? Path.Combine(folder, a) : a)]);
            Assert.True(code == 0, said);
        }
        Assert.Equal(AlertCatalog.All.Select(r => r.Name).Order(StringComparer.Ordinal), Tested().Matches(House.Read($"{Prometheus}/tests.yaml")).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_alert_has_its_own_name_a_sentence_and_no_figure_that_is_not_looked_at()
    {
        Assert.Equal(AlertCatalog.All.Count, AlertCatalog.All.Select(r => r.Name).Distinct().Count());
        Assert.All(AlertCatalog.All, r => Assert.EndsWith(".", r.Summary, StringComparison.Ordinal));
        Assert.Empty(Enum.GetValues<AlertFigure>().Except(AlertCatalog.All.Select(r => r.Figure)));
        Assert.All(AlertCatalog.All, r => Assert.DoesNotContain(s_slots, s => r.Summary.Contains(s + s, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("critical", "on-call,chat,record")]
    [InlineData("warning", "chat,record")]
    [InlineData("info", "mail")]
    public void Alertmanager_takes_its_file_and_calls_somebody_only_for_what_is_critical(string severity, string receivers)
    {
        if (MonitoringTools.Get() is not { } tools) return;
        var file = Path.Combine(Checkout.Root, "deploy/monitoring/alertmanager/alertmanager.yaml");
        var (code, said) = tools.Run("amtool", null, "check-config", file);
        Assert.True(code == 0, said);
        Assert.Equal(receivers, tools.Run("amtool", null, "config", "routes", "test", $"--config.file={file}", $"severity={severity}", "alertname=EmailQueueBacklog").Said.Trim().Split('\n')[^1]);
    }

    [Fact]
    public void Alertmanager_reaches_people_by_every_channel_and_keeps_no_secret()
    {
        var text = House.Read("deploy/monitoring/alertmanager/alertmanager.yaml");
        Assert.All((string[])["webhook_configs", "email_configs", "slack_configs", "pagerduty_configs"], channel => Assert.Contains(channel, text, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(password|token|routing_key|api_url|credentials):", text);
        Assert.NotEmpty(Yaml.Read(text));
    }

    [Fact]
    public void Thresholds_are_moved_by_settings_and_wrong_ones_are_named()
    {
        var options = new AlertsOptions { MaxQueueSize = 500, MinSuccessRate = 0.8, MaxProcessingTime = 30, Rules = { ["databaseconnections"] = new() { Threshold = 200, For = TimeSpan.FromMinutes(1) }, ["RedisDown"] = new() { Enabled = false } } };
        var rules = options.InForce().ToDictionary(r => r.Name);

        Assert.Equal((500, 500, 1000), (rules["EmailQueueGrowing"].Threshold, rules["EmailQueueBacklog"].Threshold, rules["ScaleUpQueue"].Threshold));
        Assert.Equal((0.8, 30, 60), (rules["LowSuccessRate"].Threshold, rules["SlowEmailProcessing"].Threshold, rules["VerySlowEmailProcessing"].Threshold));
        Assert.Equal((200, TimeSpan.FromMinutes(1)), (rules["DatabaseConnections"].Threshold, rules["DatabaseConnections"].For));
        Assert.DoesNotContain("RedisDown", rules.Keys);
        Assert.Null(options.Problem());
        Assert.Contains("Alerts:Rules:NoSuch", new AlertsOptions { Rules = { ["NoSuch"] = new() } }.Problem(), StringComparison.Ordinal);
        Assert.Contains("MinSuccessRate", new AlertsOptions { MinSuccessRate = 90 }.Problem(), StringComparison.Ordinal);
        Assert.All(AlertCatalog.All.Where(r => r.Severity == AlertSeverity.Critical), r => Assert.True(r.For <= TimeSpan.FromMinutes(15), r.Name));
    }

    [GeneratedRegex("^  - name: (\\w+) holds$", RegexOptions.Multiline)]
    private static partial Regex Tested();
}
