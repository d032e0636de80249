using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// Writes down what the server said. Nobody else knows it: while the store does not answer it is tried again, for as long as a person would rather wait
/// than be asked.
/// </summary>
internal sealed class ResultKeeper(OutboxResults results, TimeProvider clock, IHostApplicationLifetime life, ILogger<ResultKeeper> log)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10), s_pause = TimeSpan.FromMilliseconds(500);

    public async Task KeepAsync(Departure reply, SendOutcome outcome, CancellationToken cancel)
    {
        EmailOpsTelemetry.Sent(outcome.Result.ToString());
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                if (!await results.SaveAsync(reply, outcome, cancel)) DeliveryLog.TooLate(log, reply.Id, reply.Attempt, outcome.Result);
                return;
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && clock.GetElapsedTime(began) < s_patience && !life.ApplicationStopped.IsCancellationRequested)
            {
                DeliveryLog.NotWritten(log, reply.Id, failure.Message);
                await Task.Delay(s_pause, clock, cancel);
            }
        }
    }
}
