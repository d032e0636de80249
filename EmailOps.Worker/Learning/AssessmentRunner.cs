using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Assessments;

namespace EmailOps.Worker.Learning;

/// <summary>Does the evaluations and replays that people asked for in the console, one at a time.</summary>
internal sealed class AssessmentRunner(AssessmentStore store, IServiceProvider services, WakeUps wakeUps, TimeProvider clock, ILogger<AssessmentRunner> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10), s_afterFailure = TimeSpan.FromSeconds(5);
    private readonly Guid _owner = Guid.CreateVersion7();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await store.TakeAsync(_owner, stoppingToken) is { } asked)
                {
                    var began = clock.GetTimestamp();
                    var done = await RunAsync(asked, stoppingToken);
                    var seconds = clock.GetElapsedTime(began).TotalSeconds;
                    LearningLog.Assessed(log, done.Kind, done.Id, done.Done, done.Total, seconds);
                }
                await WaitAsync(events, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The lease runs out, and it is tried again; nothing else stops.
                LearningLog.StoreFailed(log, failure.Message);
                await Task.Delay(s_afterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<AssessmentView> RunAsync(AssessmentView asked, CancellationToken stopping)
    {
        try
        {
            return await services.GetRequiredService<Assessor>().RunAsync(asked, _owner, null, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !StoreFailures.IsUnreachable(failure))
        {
            // Said and ended: the same input would fail again.
            LearningLog.AssessmentFailed(log, failure);
            await store.FinishAsync(asked.Id, _owner, null, $"It failed in a way nobody foresaw: {failure.GetType().Name}: {failure.Message}", stopping);
            return asked;
        }
    }

    private async Task WaitAsync(WakeUps.Subscription events, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(s_look, clock, done.Token);
        var isNews = false;
        while (!isNews && !stopping.IsCancellationRequested)
        {
            if (await Task.WhenAny(poll, events.Payloads.WaitToReadAsync(done.Token).AsTask()) == poll) break;
            while (events.Payloads.TryRead(out var payload)) isNews |= payload.Length == 0 || LiveEvents.Read(payload)?.Kind == "assessment";
        }
        await done.CancelAsync();
    }
}
