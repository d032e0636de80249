using EmailOps.Core.Data;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Worker.Stages;

/// <summary>Looks whether messages that were judged without the language model can be judged again.</summary>
internal sealed class ConsultWatch(ConsultSweep sweep, ConsultDesk desk, ConsultOptions options, TimeProvider clock, ILogger<ConsultWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (desk is { HasModel: true, Obstacle: null } && await sweep.RunAsync(stoppingToken) is > 0 and var queued) StageLog.JudgedAgain(log, queued);
                await sweep.ForgetAsync(stoppingToken);
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                StageLog.StoreFailed(log, nameof(ConsultWatch), failure.Message);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the watch goes on: it must not take the worker with it.
                StageLog.LoopFailed(log, nameof(ConsultWatch), failure);
            }
            await Task.Delay(options.LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
