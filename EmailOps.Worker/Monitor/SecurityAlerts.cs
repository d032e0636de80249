using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;

namespace EmailOps.Worker.Monitor;

/// <summary>What the security monitor finds, as alerts. It is asked once a minute, which is what it is made for; between, its last word holds.</summary>
internal sealed class SecurityAlerts(SecurityMonitor monitor, TimeProvider clock) : IAlertSource
{
    public const string Name = "SecurityFinding";
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private IReadOnlyList<AlertFinding> _last = [];
    private long? _askedAt;

    public async Task<IReadOnlyList<AlertFinding>> FindAsync(CancellationToken cancel)
    {
        if (_askedAt is { } asked && clock.GetElapsedTime(asked) < s_every) return _last;
        _last = [.. (await monitor.FindAsync(cancel)).Select(Of)];
        _askedAt = clock.GetTimestamp();
        return _last;
    }

    private static AlertFinding Of(SecurityFinding found) => new(Name, found.Severity, "Security", $"{found.Name} {found.Subject}".Trim(), found.Message, "security-finding", found.Details);
}
