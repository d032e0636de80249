using EmailOps.Core.Data;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// Watches replies that wait: as soon as something happens that an automatic answer must not ignore, it is taken back, so that people see it at once and
/// not when its time has come. Leaving asks again, so nothing depends on this.
/// </summary>
internal sealed class OutboxWatch(OutboxSweep sweep, WakeUps wakeUps, TimeProvider clock, ILogger<OutboxWatch> log) : BackgroundService
{
    /// <summary>Longest time between two looks; many events of a moment are one look.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10), s_rest = TimeSpan.FromMilliseconds(250), s_mend = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        var mended = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await sweep.RecallAsync(stoppingToken) is > 0 and var recalled) DeliveryLog.Recalled(log, recalled);
                if (clock.GetElapsedTime(mended) >= s_mend)
                {
                    if (await sweep.MendAsync(stoppingToken) is > 0 and var count) DeliveryLog.Mended(log, count);
                    mended = clock.GetTimestamp();
                }
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                DeliveryLog.WatchFailed(log, failure.Message);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the watch goes on: it must not take the worker with it.
                DeliveryLog.WatchBroke(log, failure);
            }
            await WaitAsync(events, stoppingToken);
        }
    }

    private async Task WaitAsync(WakeUps.Subscription events, CancellationToken stopping)
    {
        await Task.Delay(s_rest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(s_look, clock, done.Token);
        var isNews = false;
        while (!isNews && !stopping.IsCancellationRequested)
        {
            var woken = events.Payloads.WaitToReadAsync(done.Token).AsTask();
            if (await Task.WhenAny(poll, woken) == poll) break;
            while (events.Payloads.TryRead(out var payload)) isNews |= payload.Length == 0 || LiveEvents.Read(payload)?.Kind is "message" or "draft" or "brake";
        }
        await done.CancelAsync();
    }
}
