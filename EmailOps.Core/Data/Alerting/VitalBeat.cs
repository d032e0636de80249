using EmailOps.Core.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Alerting;

/// <summary>Says every few seconds how this process is, and goodbye when it stops.</summary>
/// <param name="role">api or worker: several may live in one process, and each is missed by its name.</param>
internal sealed class VitalBeat(string role, VitalStore store, TimeProvider clock, ILogger<VitalBeat> log) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5), s_goodbye = TimeSpan.FromSeconds(2);
    private readonly VitalMeter _meter = VitalMeter.OfProcess; // listens from now on

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.BeatAsync(_meter.Id, role, _meter.Read(), stoppingToken);
            }
            catch (Exception failure) when (StoreFailures.Find(failure) is not null && !stoppingToken.IsCancellationRequested)
            {
                // Silence is what the monitor then hears; the store's own trouble is told elsewhere.
                DataLog.VitalsNotHeard(log, failure.Message);
            }
            await Task.Delay(s_every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        try
        {
            using var enough = new CancellationTokenSource(s_goodbye, clock);
            await store.LeaveAsync(_meter.Id, role, enough.Token);
        }
        catch (Exception failure) when (StoreFailures.Find(failure) is not null || failure is OperationCanceledException)
        {
            DataLog.VitalsNotHeard(log, failure.Message);
        }
    }
}
