using System.CommandLine;
using System.Diagnostics;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Benchmarks.Lessons;

/// <summary><c>learning</c>: from an operator's correction to the version that every worker judges by, on a durable PostgreSQL of its own with two workers and the sample mailbox.</summary>
internal static class LearningCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static System.CommandLine.Command Create()
    {
        var corrections = new Option<int>("--corrections") { Description = "Messages corrected one after the other.", DefaultValueFactory = _ => 30 };
        var command = new System.CommandLine.Command("learning", "Time from a correction to the version in force in two workers, of one taught version, and of training anew.") { corrections };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(corrections), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int corrections, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-learning-{Environment.ProcessId}";
        var workers = new List<WebApplication>();
        try
        {
            await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = folder + "-pg" }, cancel);
            for (var i = 0; i < 2; i++) workers.Add(await WorkerAsync(postgres.ConnectionString, folder, samples: i == 0, cancel));
            await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
            await UntilAsync(source, "select exists (select from installation where key = 'samples-loaded') and not exists (select from work_item where died_at is null)", cancel);
            await MeasureAsync(source, workers, corrections, cancel);
            return 0;
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.StopAsync(CancellationToken.None);
                await worker.DisposeAsync();
            }
            foreach (var made in new[] { folder, folder + "-pg" })
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    private static async Task MeasureAsync(NpgsqlDataSource source, List<WebApplication> workers, int corrections, CancellationToken cancel)
    {
        var services = workers[0].Services;
        var messages = new List<(long Message, long Mailbox, string Category)>();
        await using (var command = source.CreateCommand($"select message_id, mailbox_id, category from triage_result where not is_automated order by message_id limit {corrections}"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) messages.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        List<double> inForce = [];
        for (var i = 0; i < messages.Count; i++)
        {
            var (message, mailbox, category) = messages[i];
            var before = await Task.WhenAll(workers.Select(w => VersionAsync(w, mailbox, cancel)));
            var began = Stopwatch.GetTimestamp();
            await services.GetRequiredService<CorrectionStore>().CorrectAsync(message, category == "complaint" ? "account" : "complaint", "benchmark", cancel);
            for (var w = 0; w < workers.Count; w++)
                while (await VersionAsync(workers[w], mailbox, cancel) == before[w])
                {
                    if (Stopwatch.GetElapsedTime(began) > s_patience) throw new TimeoutException($"After {s_patience} the correction of message {message} is not in force.");
                    await Task.Delay(1, cancel);
                }
            inForce.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Say("correction to both workers, ms", inForce);
        Say("taught version (step and golden set), ms", await ColumnAsync(source, "select seconds * 1000 from model_version where kind = 'Taught'", cancel));
        await services.GetRequiredService<ModelPeople>().RetrainAsync(messages[0].Mailbox, null, "benchmark", cancel);
        await UntilAsync(source, "select exists (select from model_version where kind = 'Trained')", cancel);
        Say("trained anew (and golden set), ms", await ColumnAsync(source, "select seconds * 1000 from model_version where kind = 'Trained'", cancel));
        Say("bytes of a trained version, kB", await ColumnAsync(source, "select (octet_length(bytes) / 1000.0)::float8 from model_version where bytes is not null", cancel));
        Console.WriteLine($"versions: {(await ColumnAsync(source, "select count(*)::float8 from model_version", cancel))[0]:N0}, of them not adopted {(await ColumnAsync(source, "select count(*)::float8 from model_version where not adopted", cancel))[0]:N0}");
    }

    private static async Task<string> VersionAsync(WebApplication worker, long mailbox, CancellationToken cancel)
        => (await worker.Services.GetRequiredService<TriageSource>().PipelineAsync(mailbox, cancel)).ModelVersion;

    private static async Task<WebApplication> WorkerAsync(string connection, string folder, bool samples, CancellationToken cancel)
    {
        // Only an announcement explains a change within the hour.
        var worker = WorkerHost.Create([$"--ConnectionStrings:emailops={connection}", "--urls=http://127.0.0.1:0", "--EMAILOPS_ENV_FILE=none", "--LOG_LEVEL=ERROR", "--LOG_FILE_ENABLED=false", "--LanguageModels:Enabled=false",
            $"--STATE_DIR={folder}", "--Triage:RefreshEvery=01:00:00", $"--Samples:Load={samples}"]);
        await worker.StartAsync(cancel);
        return worker;
    }

    private static async Task UntilAsync(NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            await using var command = source.CreateCommand(sql);
            if ((bool)(await command.ExecuteScalarAsync(cancel))!) return;
            if (Stopwatch.GetElapsedTime(began) > s_patience) throw new TimeoutException($"After {s_patience} still not: {sql}");
            await Task.Delay(20, cancel);
        }
    }

    private static async Task<List<double>> ColumnAsync(NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        var rows = new List<double>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) rows.Add(reader.GetDouble(0));
        return rows;
    }

    private static void Say(string what, List<double> values)
    {
        values.Sort();
        if (values.Count > 0) Console.WriteLine($"{what,-45} median {values[values.Count / 2],8:N1}  [{values[0]:N1}-{values[^1]:N1}]  of {values.Count}");
    }
}
