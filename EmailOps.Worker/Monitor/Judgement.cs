using System.Globalization;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;

namespace EmailOps.Worker.Monitor;

/// <summary>What of a look holds, by the rules in force; pure.</summary>
internal static class Judgement
{
    /// <summary>Of a part that could not be measured; a passing trouble is not told.</summary>
    private static readonly TimeSpan s_blindFor = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<AlertHeld> Of(Look look, IReadOnlyList<AlertRule> rules) =>
    [
        .. rules.SelectMany(rule => look.Measured.Where(m => m.Figure == rule.Figure && rule.Holds(m.Value)).Select(m => Held(rule, m))),
        .. look.Problems.Where(_ => rules.Any(r => r.Name == AlertCatalog.MonitoringFailed)).Select(p => new AlertHeld(AlertCatalog.MonitoringFailed, p.Key, AlertSeverity.Critical, "Monitoring", "monitoring-failed",
            $"The monitor cannot look at {p.Key}: {p.Value}", s_blindFor, new Dictionary<string, string> { ["part"] = p.Key, ["problem"] = p.Value })),
        .. look.Findings.Select(f => new AlertHeld(f.Name, f.Subject, f.Severity, f.Component, f.Page, f.Message, TimeSpan.Zero, f.Details ?? new Dictionary<string, string>())),
    ];

    /// <summary>Names of rules that nothing can be said about.</summary>
    public static IReadOnlySet<string> Unknown(Look look, IReadOnlyList<AlertRule> rules) => rules.Where(r => look.Unknown.Contains(r.Figure)).Select(r => r.Name).ToHashSet();

    private static AlertHeld Held(AlertRule rule, Measured measured)
    {
        var message = string.Format(CultureInfo.InvariantCulture, rule.Summary, Shown(measured.Value, rule.Format), measured.Subject);
        return new AlertHeld(rule.Name, measured.Subject, rule.Severity, rule.Component, rule.Page, message, rule.For, new Dictionary<string, string>
        {
            ["figure"] = rule.Figure.ToString(), ["value"] = measured.Value.ToString("0.######", CultureInfo.InvariantCulture),
            ["threshold"] = string.Create(CultureInfo.InvariantCulture, $"{PrometheusRules.Sign(rule.Comparison)} {rule.Threshold}"), ["for"] = rule.For.ToString("c", CultureInfo.InvariantCulture),
        });
    }

    private static string Shown(double value, char format) => format switch
    {
        'p' => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %"),
        's' => value < 120 ? string.Create(CultureInfo.InvariantCulture, $"{value:0.##} s") : string.Create(CultureInfo.InvariantCulture, $"{value / 60:0.#} min"),
        'b' => string.Create(CultureInfo.InvariantCulture, $"{value / (1024 * 1024):N0} MB"),
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };
}
