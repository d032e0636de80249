using System.Collections.Concurrent;
using Npgsql;

namespace EmailOps.Cli.Load;

/// <summary>What a load test is to do.</summary>
/// <param name="Rate">Mails a second at most; null: as fast as they go.</param>
/// <param name="Patience">How long to wait for the last of them once all are sent.</param>
internal sealed record LoadOrder(string Run, int Emails, int Concurrent, string Via, string To, double? Rate, TimeSpan Patience);

/// <summary>Sends the generated mails with several senders side by side and follows them until each is decided.</summary>
internal sealed class LoadRun(LoadOrder order, Func<ILoadSender> sender, NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private readonly Durations _sending = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private int _next = -1, _sent, _failed;
    private long _peakQueue, _peakMemory;

    /// <param name="report">Told twice a second how it stands.</param>
    /// <param name="cancel">Ends the sending; what is sent stays.</param>
    public async Task<LoadView> RunAsync(Action<LoadView> report, CancellationToken cancel)
    {
        var figures = new LoadFigures(source, order.Run, await LoadFigures.NewestAsync(source, cancel));
        var began = clock.GetTimestamp();
        var sending = Task.WhenAll(Enumerable.Range(0, order.Concurrent).Select(_ => SendAsync(began, cancel)));
        long? allSent = null;
        while (true)
        {
            await figures.LookAsync(cancel);
            var view = View(figures, clock.GetElapsedTime(began));
            report(view);
            if (sending.IsCompleted)
            {
                await sending;
                allSent ??= clock.GetTimestamp();
                if (view.IsDone) return view;
                if (clock.GetElapsedTime(allSent.Value) > order.Patience)
                    return view with { Problem = $"{order.Emails - view.Failed - view.Processed} mails were not decided within {order.Patience.TotalSeconds:0} s after the last was sent." };
            }
            await Task.Delay(Look, clock, cancel);
        }
    }

    private async Task SendAsync(long began, CancellationToken cancel)
    {
        await Task.Yield();
        await using var to = sender();
        while (Interlocked.Increment(ref _next) is var number && number < order.Emails)
        {
            if (order.Rate is { } rate && TimeSpan.FromSeconds(number / rate) - clock.GetElapsedTime(began) is { Ticks: > 0 } early) await Task.Delay(early, clock, cancel);
            var mail = LoadMail.Make(order.Run, number, order.To, clock.GetUtcNow());
            var start = clock.GetTimestamp();
            if (await to.SendAsync(number, mail, cancel) is { } problem)
            {
                _problems.Enqueue(problem);
                Interlocked.Increment(ref _failed);
            }
            else
            {
                _sending.Add(clock.GetElapsedTime(start).TotalSeconds);
                Interlocked.Increment(ref _sent);
            }
        }
    }

    private LoadView View(LoadFigures figures, TimeSpan took)
    {
        var memory = LoadFigures.Resident(figures.Processes);
        (_peakQueue, _peakMemory) = (Math.Max(_peakQueue, figures.Queue), Math.Max(_peakMemory, memory ?? 0));
        var (processing, seconds) = (figures.Processing, Math.Round(took.TotalSeconds, 2));
        return new LoadView(order.Run, order.Emails, order.Concurrent, order.Via, Volatile.Read(ref _sent), Volatile.Read(ref _failed), figures.Stored, figures.Processed, seconds, Math.Round(figures.Processed / Math.Max(seconds, 0.01), 1),
            processing.Quantile(0.5), processing.Quantile(0.95), processing.Quantile(0.99), _sending.Quantile(0.5), _sending.Quantile(0.95), figures.Queue, _peakQueue, memory, _peakMemory == 0 ? null : _peakMemory,
            _problems.TryPeek(out var first) ? $"{_failed} mails were not taken. The first: {first}" : null);
    }
}
