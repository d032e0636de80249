using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EmailOps.Core.Alerts;

/// <summary>Prints alerts as a rule file of Prometheus.</summary>
internal static partial class PrometheusRules
{
    public static string Render(IEnumerable<AlertRule> rules)
    {
        var text = new StringBuilder("""
            # Printed by `emailops alerts rules` from the one list that the built-in monitor evaluates too (EmailOps.Core/Alerts/AlertCatalog.cs): change that, not this.
            # The console's address is the external label `console` of prometheus.yaml.
            groups:
              - name: emailops-alerts
                interval: 15s
                rules:

            """.ReplaceLineEndings("\n"));
        foreach (var rule in rules)
            text.Append("      - alert: ").Append(rule.Name).Append('\n')
                .Append("        expr: ").Append(Quoted($"{rule.Query} {Sign(rule.Comparison)} {rule.Threshold.ToString(CultureInfo.InvariantCulture)}")).Append('\n')
                .Append("        for: ").Append(Time(rule.For)).Append('\n')
                .Append("        labels: { severity: ").Append(rule.Severity.ToString().ToLowerInvariant()).Append(", component: ").Append(Quoted(rule.Component)).Append(" }\n")
                .Append("        annotations:\n")
                .Append("          summary: ").Append(Quoted(Sentence(rule))).Append('\n')
                .Append("          runbook_url: ").Append(Quoted($"{{{{ $externalLabels.console }}}}/runbook/{rule.Page}")).Append('\n');
        return text.ToString();
    }

    public static string Sign(Comparison comparison) => comparison switch { Comparison.Above => ">", Comparison.Below => "<", _ => "==" };

    private static string Sentence(AlertRule rule)
    {
        var value = rule.Format switch { 'p' => "{{ $value | humanizePercentage }}", 's' => "{{ $value | humanizeDuration }}", 'b' => "{{ $value | humanize1024 }}B", _ => "{{ $value | humanize }}" };
        // What it is measured of are the labels that the query keeps.
        var of = Kept().Match(rule.Query) is { Success: true } kept ? string.Join(' ', kept.Groups[1].Value.Split(", ").Select(label => $"{{{{ $labels.{label} }}}}")) : "";
        return rule.Summary.Replace("{0}", value, StringComparison.Ordinal).Replace("{1}", of, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"by \(([a-z_, ]+)\)")]
    private static partial Regex Kept();

    private static string Time(TimeSpan time) => time.TotalSeconds % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes}m") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s");

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
