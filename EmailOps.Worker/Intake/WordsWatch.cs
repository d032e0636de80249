using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Worker.Intake;

/// <summary>Keeps the words of the inbox's search up to date, behind everything that people wait for.</summary>
internal sealed class WordsWatch(WordIndexer words, NpgsqlDataSource source, TimeProvider clock, ILogger<WordsWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(2), s_behind = TimeSpan.FromSeconds(5);
    /// <summary>Messages that wait for triage from which on words wait, too.</summary>
    private const int Backlog = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_idle;
            try
            {
                // One range at a time while others wait: late, but never left out.
                var isBehind = await IsBehindAsync(stoppingToken);
                var read = await words.RunAsync(isBehind ? 1 : WordIndexer.MostRanges, stoppingToken);
                pause = isBehind ? s_behind : read > 0 ? TimeSpan.Zero : s_idle;
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

    private async Task<bool> IsBehindAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select exists (select from work_item where stage = $1 and died_at is null and available_at <= now() offset $2)");
        command.Parameters.Add(new() { Value = (short)Stage.Triage });
        command.Parameters.Add(new() { Value = Backlog });
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
