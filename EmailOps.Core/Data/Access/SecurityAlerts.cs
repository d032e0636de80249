using EmailOps.Core.Alerts;

namespace EmailOps.Core.Data.Access;

/// <summary>Hands what the security monitor finds to the alerts. That looks every few seconds; nothing here changes so fast.</summary>
internal sealed class SecurityAlerts(SecurityMonitor monitor, TimeProvider clock) : IAlertSource
{
    private const string Page = "security-finding";
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(30);
    private IReadOnlyList<AlertFinding> _found = [];
    private long? _looked;

    public async Task<IReadOnlyList<AlertFinding>> FindAsync(CancellationToken cancel)
    {
        if (_looked is { } looked && clock.GetElapsedTime(looked) < Keep) return _found;
        _found = [.. (await monitor.FindAsync(cancel)).Select(f => new AlertFinding(f.Name, f.Severity, "Security", f.Subject, f.Message, Page, f.Details))];
        _looked = clock.GetTimestamp();
        return _found;
    }
}
