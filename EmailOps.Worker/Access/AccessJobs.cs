using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using EmailOps.Core.Schedules;

namespace EmailOps.Worker.Access;

/// <summary>Reads the audit's chain again from its first link.</summary>
internal sealed class AuditVerifyJob(AuditChain chain) : IScheduledJob
{
    public string Name => "audit-verify";
    public string Description => "Verifies the hash chain of the audit, and names the first entry that is not what was sealed.";
    public string DefaultSchedule => "40 4 * * *";
    public TimeSpan Timeout => TimeSpan.FromHours(1);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var found = await chain.VerifyAsync(read => context.Progress($"{read:N0} entries read"), cancel);
        return found.Broken is { } broken ? JobReport.Problem(broken) : JobReport.Done($"{found.Checked:N0} entries hold, {found.Unsealed:N0} wait for their seal. Head {found.Head}.");
    }
}

/// <summary>Looks at the certificates of the servers that settings name.</summary>
internal sealed class CertificateJob(CertificateWatch watch) : IScheduledJob
{
    public string Name => "tls-check";
    public string Description => "Looks when the certificates of mail servers and of the console's public address end.";
    public string DefaultSchedule => "every 6h";
    public TimeSpan Timeout => TimeSpan.FromMinutes(10);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var seen = await watch.LookAsync(cancel);
        var unseen = seen.Where(c => c.Problem is not null).ToList();
        return unseen.Count == 0 ? JobReport.Done($"{seen.Count} certificates looked at.") : JobReport.Problem($"{unseen.Count} of {seen.Count} could not be trusted or seen. {string.Join(' ', unseen.Take(5).Select(c => c.Problem))}");
    }
}

/// <summary>Has the security monitor look even where nobody sends alerts, so that the log and the history of runs say it.</summary>
internal sealed class SecurityJob(SecurityMonitor monitor, ILogger<SecurityJob> log) : IScheduledJob
{
    public string Name => "security-check";
    public string Description => "Looks for guessed passwords, sign-ins from new addresses, open secrets, ending certificates and a broken audit.";
    public string DefaultSchedule => "every 1h";
    public TimeSpan Timeout => TimeSpan.FromMinutes(5);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var found = await monitor.FindAsync(cancel);
        foreach (var finding in found.Where(f => f.Severity > AlertSeverity.Info)) AccessLog.Found(log, finding.Component, finding.Message);
        var said = found.Count == 0 ? "Nothing found." : string.Join(' ', found.Select(f => $"{f.Severity}: {f.Message}"));
        return found.Any(f => f.Severity == AlertSeverity.Critical) ? JobReport.Problem(said) : JobReport.Done(said);
    }
}

internal static class AccessSetup
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddHostedService<AuditSealer>();
        services.AddHostedService<CertificateGauge>();
        services.AddSingleton<IScheduledJob, AuditVerifyJob>();
        services.AddSingleton<IScheduledJob, CertificateJob>();
        services.AddSingleton<IScheduledJob, SecurityJob>();
    }
}
