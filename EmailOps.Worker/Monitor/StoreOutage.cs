using System.Globalization;
using EmailOps.Core.Alerts;

namespace EmailOps.Worker.Monitor;

/// <summary>The one alert that cannot be stored: the store is away. Each worker tells it by itself; the id is that of the minute, so that a receiver may drop the others'.</summary>
internal sealed class StoreOutage(AlertTeller teller, AlertsOptions options, TimeProvider clock, ILogger<StoreOutage> log)
{
    private DateTimeOffset? _since, _toldAt;
    private bool _isTold;

    public async Task AwayAsync(string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        _since ??= now;
        var rule = options.Changed(AlertCatalog.All.Single(r => r.Name == AlertCatalog.DatabaseDown));
        if (_isTold || !options.IsOn(rule.Name) || now - _since < rule.For || now - _toldAt < TimeSpan.FromSeconds(options.CooldownSeconds)) return;
        MonitorLog.Critical(log, rule.Name, rule.Summary);
        await SendAsync(rule, "firing", rule.Summary, reason, null, now, cancel);
        (_isTold, _toldAt) = (true, now);
    }

    public async Task BackAsync(CancellationToken cancel)
    {
        if (_since is null) return;
        var now = clock.GetUtcNow();
        if (_isTold) await SendAsync(options.Changed(AlertCatalog.All.Single(r => r.Name == AlertCatalog.DatabaseDown)), "resolved", "The database answers again.", "", now, now, cancel);
        (_since, _isTold) = (null, false);
    }

    private async Task SendAsync(AlertRule rule, string state, string message, string reason, DateTimeOffset? resolved, DateTimeOffset now, CancellationToken cancel)
    {
        if (options.WebhookUrl.Length == 0) return;
        var answer = await teller.SendAsync(new AlertRecord("CRITICAL", rule.Component, message, new Dictionary<string, string> { ["reason"] = reason }, rule.Name, "", state, 0, _since ?? now, now, resolved, teller.RunbookUrl(rule.Page)),
            string.Create(CultureInfo.InvariantCulture, $"database-{state}-{now:yyyyMMddHHmm}"), cancel);
        if (!answer.IsDone) MonitorLog.NotTold(log, rule.Name, answer.Problem ?? "");
    }
}
