using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Access;

/// <summary>Gives entries of the audit their place in its chain, a few seconds after they were written. Every worker tries, one at a time does.</summary>
internal sealed class AuditSealer(AuditChain chain, TimeProvider clock, ILogger<AuditSealer> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);
    /// <summary>Between two batches of a long backlog, as after an upgrade: it must not be felt.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Complain = TimeSpan.FromHours(1);
    private volatile AuditChainView? _latest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EmailOpsTelemetry.Gauge("emailops.audit.sealed", "{entry}", "Entries in the chain of the audit", () => _latest is { } view ? [new Measurement<long>(view.Position)] : []);
        EmailOpsTelemetry.Gauge("emailops.audit.unsealed", "{entry}", "Entries of the audit that wait for their place in the chain", () => _latest is { } view ? [new Measurement<long>(view.Unsealed)] : []);
        var complainAt = clock.GetUtcNow();
        var headAt = complainAt;
        while (!stoppingToken.IsCancellationRequested)
        {
            var more = false;
            try
            {
                (_, more) = await chain.SealAsync(stoppingToken);
                if (!more || _latest is null) _latest = await chain.ViewAsync(stoppingToken);
                if (clock.GetUtcNow() >= headAt && _latest.Position > 0)
                {
                    // Logs are shipped elsewhere: whoever cuts off the end of the chain cannot take this back.
                    AccessLog.Head(log, _latest.Position, _latest.Head);
                    headAt = clock.GetUtcNow() + Complain;
                }
            }
            catch (SecretsKeyException failure)
            {
                if (clock.GetUtcNow() >= complainAt) AccessLog.NotSealed(log, failure.Message);
                complainAt = clock.GetUtcNow() + Complain;
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                // Entries wait; whoever wrote them waits for nobody.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the loop goes on: it must not take the worker with it.
                AccessLog.SealingFailed(log, failure);
            }
            await Task.Delay(more ? Breath : Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
