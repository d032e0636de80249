using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;

namespace EmailOps.Worker.Access;

/// <summary>Keeps what metrics show of certificates: whichever worker looked at them last, all show the same.</summary>
internal sealed class CertificateGauge(CertificateWatch watch, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        watch.Measure();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watch.RefreshAsync(stoppingToken);
            }
            catch (Exception failure) when (StoreFailures.Find(failure) is not null && !stoppingToken.IsCancellationRequested)
            {
                // The figures of five minutes ago are as good.
            }
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
