using EmailOps.Core.Data;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.LanguageModels;

namespace EmailOps.Worker.Setup;

/// <summary>Keeps the search of articles complete: a new embedding model, articles that another program wrote, an upgrade that cuts them another way.</summary>
internal sealed class KnowledgeWatch(KnowledgeIndexer indexer, WakeUps wakeUps, TimeProvider clock, ILogger<KnowledgeWatch> log) : BackgroundService
{
    /// <summary>Between two looks when all is done, and after a model gave no vectors.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5), s_pause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = s_look;
            try
            {
                if (await indexer.StepAsync(stoppingToken)) continue;
            }
            catch (LanguageModelException failure)
            {
                SetupLog.VectorsFailed(log, failure.Message);
                wait = s_pause;
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                SetupLog.IndexFailed(log, failure.Message);
                wait = s_pause;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the watch goes on: it must not take the worker with it.
                SetupLog.IndexBroke(log, failure);
                wait = s_pause;
            }
            await WaitAsync(events, wait, stoppingToken);
        }
    }

    private async Task WaitAsync(WakeUps.Subscription events, TimeSpan wait, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(wait, clock, done.Token);
        var isNews = false;
        while (!isNews && !stopping.IsCancellationRequested)
        {
            if (await Task.WhenAny(poll, events.Payloads.WaitToReadAsync(done.Token).AsTask()) == poll) break;
            while (events.Payloads.TryRead(out var payload)) isNews |= LiveEvents.Read(payload)?.Kind == "article";
        }
        await done.CancelAsync();
    }
}
