using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Work;
using EmailOps.Worker;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Benchmarks.Scale;

/// <summary>What workers ask of a large installation: claims from a short and a long queue, and the sweeps of each minute.</summary>
internal static class RowsWork
{
    private const int LongQueue = 100_000;

    public static async Task ReportAsync(NpgsqlDataSource source, int rounds, CancellationToken cancel)
    {
        using var host = WorkerHost.Create([$"--ConnectionStrings:emailops={source.ConnectionString}", "--urls=http://127.0.0.1:0", "--EMAILOPS_ENV_FILE=none", "--LanguageModels:FindLocal=false", "--Logging:LogLevel:Default=Warning", "--LOG_LEVEL=WARNING"]);
        var (queue, sweep, again, outcomes) = (host.Services.GetRequiredService<WorkQueue>(), host.Services.GetRequiredService<OutboxSweep>(), host.Services.GetRequiredService<ConsultSweep>(), host.Services.GetRequiredService<OutcomeStore>());
        var options = host.Services.GetRequiredService<LearningOptions>();
        await RowsRequests.ReportAsync("claim, nothing there", rounds, () => queue.ClaimAsync(Stage.Bounce, cancel));
        await ExecuteAsync(source, $"insert into work_item (stage, subject_id, mailbox_id, priority) select 4, 0, 0, 1 + i % 10 from generate_series(1, {LongQueue}) i");
        // A long queue lasts: statistics and the pages' marks are as they would be.
        await ExecuteAsync(source, "vacuum (analyze) work_item");
        await RowsRequests.ReportAsync($"claim of 200 from {LongQueue:N0}", rounds, () => queue.ClaimAsync(Stage.Bounce, cancel), async () =>
        {
            // Done before the next is claimed, as by a worker.
            await using var command = source.CreateCommand("delete from work_item where stage = 4 and lease is not null");
            await command.ExecuteNonQueryAsync(cancel);
        });
        await RowsRequests.ReportAsync("sweep: automatic answers to take back", 5, () => sweep.RecallAsync(cancel));
        await RowsRequests.ReportAsync("sweep: replies nobody thinks of", 5, () => sweep.MendAsync(cancel));
        await RowsRequests.ReportAsync("sweep: messages to judge again", 5, () => again.RunAsync(cancel));
        await RowsRequests.ReportAsync("sweep: answers nobody spoke about", 5, () => outcomes.SweepAsync(options, cancel));
        await ExecuteAsync(source, "delete from work_item where stage = 4");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }
}
