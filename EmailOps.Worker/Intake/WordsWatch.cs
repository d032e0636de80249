using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Worker.Intake;

/// <summary>Keeps the words of the inbox's search up to date, behind everything that people wait for.</summary>
internal sealed class WordsWatch(WordIndexer words, NpgsqlDataSource source, TimeProvider clock, ILogger<WordsWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(2);
    /// <summary>Messages that wait for triage, or are under way in it, from which on words step back.</summary>
    private const int Backlog = 100;
    /// <summary>Of one processor, while others wait: late, but never left out, and never more than a backlog can bear.</summary>
    private const double ShareWhileBusy = 1 / 6d;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isPiled = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_idle;
            try
            {
                var isBusy = await IsBusyAsync(stoppingToken);
                var started = clock.GetTimestamp();
                var read = await words.RunAsync(isBusy ? 1 : WordIndexer.MostRanges, stoppingToken);
                if (read > 0) pause = isBusy ? clock.GetElapsedTime(started) * (1 / ShareWhileBusy - 1) : TimeSpan.Zero;
                else if (isPiled) await words.MergeAsync(stoppingToken);
                isPiled = read > 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                IntakeLog.WordsFailed(log, failure.Message);
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsBusyAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select exists (select from work_item where stage = $1 and died_at is null offset $2)");
        command.Parameters.Add(new() { Value = (short)Stage.Triage });
        command.Parameters.Add(new() { Value = Backlog });
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
