using System.Diagnostics;
using EmailOps.Benchmarks.Chaos;
using EmailOps.Benchmarks.Throughput;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using EmailOps.Mail.Containers;
using EmailOps.Worker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EmailOps.Benchmarks.Scale;

/// <param name="Importer">Share of one processor, as are <paramref name="Workers"/> and <paramref name="Server"/>.</param>
/// <param name="Busy">Of all processors, by all of them.</param>
/// <param name="Lag">Seconds that the oldest item ready for triage or policy had waited, the longest seen.</param>
/// <param name="Age95">Seconds from stored to decided of nineteen in twenty messages.</param>
internal sealed record ScaleRound(double Rate, double ImportRate, double Importer, double[] Workers, double Server, double Busy, double Lag, double AgeMedian, double Age95);

/// <summary>This process imports, processes of their own work: the real program, started as an installation starts it.</summary>
internal sealed class ScaleRun : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;
    private readonly IHost _host;
    private readonly IReadOnlyList<string> _texts;
    private long _mailbox;

    private ScaleRun(string connectionString, string folder)
    {
        (_connectionString, _folder) = (connectionString, folder);
        _source = NpgsqlDataSource.Create(connectionString);
        // Never started: only its importer is used.
        _host = WorkerHost.Create([$"--ConnectionStrings:emailops={connectionString}", "--urls=http://127.0.0.1:0", $"--CACHE_DIR={folder}", "--EMAILOPS_ENV_FILE=none", "--Logging:LogLevel:Default=Warning", "--LOG_LEVEL=WARNING"]);
        var paths = TriagePaths.Samples(TriageOptions.SamplesFolder, null);
        _texts = [.. TrainingExamples.Load([.. Directory.EnumerateFiles(paths.Training[0], "*.csv")], TaxonomyFile.Load(paths.Taxonomy)).Items.Select(e => e.Body)];
    }

    public static async Task<ScaleRun> StartAsync(string connectionString, string folder, CancellationToken cancel)
    {
        var run = new ScaleRun(connectionString, folder);
        await run._host.Services.GetRequiredService<Migrator>().MigrateAsync(cancel);
        await using (var db = await run._host.Services.GetRequiredService<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel))
        {
            var mailbox = new Mailbox { Address = "scale@shop.example", Name = "Scale", CreatedAt = TimeProvider.System.GetUtcNow() };
            db.Mailboxes.Add(mailbox);
            await db.SaveChangesAsync(cancel);
            run._mailbox = mailbox.Id;
        }
        // Trains the model, which later workers find, and warms the importer up.
        await run.RoundAsync(-3_000, 2_000, 1, cancel);
        return run;
    }

    public async Task<ScaleRound> RoundAsync(int first, int messages, int workers, CancellationToken cancel)
    {
        var file = BusinessMail.Write(Path.Combine(_folder, $"{first}.mbox"), _texts, first, messages);
        var processes = Enumerable.Range(0, workers).Select(i => new WorkerProcess(Path.Combine(_folder, $"worker{i}.log"), [.. Settings(i)])).ToArray();
        try
        {
            foreach (var process in processes) process.Start();
            await ReadyAsync(processes, first, workers, cancel);
            var (server, own, began) = (await PostgresCost.NowAsync(_source, cancel), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            var used = Array.ConvertAll(processes, p => PostgresCost.OfProcess(p.Id));
            var from = await AskAsync<DateTime>("select clock_timestamp()", cancel);
            using var over = new CancellationTokenSource();
            var lag = WatchLagAsync(over.Token);
            await ImportAsync(file, cancel);
            var imported = Stopwatch.GetElapsedTime(began).TotalSeconds;
            while (await AskAsync<bool>("select exists (select from work_item where died_at is null)", cancel)) await Task.Delay(20, cancel);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await over.CancelAsync();
            if (await AskAsync<bool>("select exists (select from work_item)", cancel)) throw new InvalidOperationException("A work item died; the figures would not count.");
            double Share(double processor) => processor / seconds;
            var each = processes.Select((p, i) => Share(PostgresCost.OfProcess(p.Id) - used[i])).ToArray();
            var (importer, spent) = (Share((Environment.CpuUsage.TotalTime - own).TotalSeconds), Share((await PostgresCost.NowAsync(_source, cancel) - server).ProcessorSeconds));
            var ages = await AgesAsync(from, cancel);
            return new ScaleRound(messages / seconds, messages / imported, importer, each, spent, (importer + each.Sum() + spent) / Environment.ProcessorCount, await lag, ages[0], ages[1]);
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
            File.Delete(file);
        }
    }

    private IEnumerable<(string, string)> Settings(int number) =>
    [
        ("ConnectionStrings__emailops", $"{_connectionString};Application Name=scale-{number}"), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("DOTNET_ENVIRONMENT", "Production"),
        ("CACHE_DIR", _folder), ("STATE_DIR", _folder), ("LOG_LEVEL", "WARNING"), ("LOG_FILE_ENABLED", "false"), ("LOAD_SAMPLES", "false"), ("LanguageModels__FindLocal", "false"),
    ];

    // A worker is ready when it has judged something: a few hundred messages warm each of them up.
    private async Task ReadyAsync(WorkerProcess[] processes, int first, int workers, CancellationToken cancel)
    {
        await ImportAsync(BusinessMail.Write(Path.Combine(_folder, "warm.mbox"), _texts, -1_000_000 + first, 600 * workers), cancel);
        while (await AskAsync<bool>("select exists (select from work_item where died_at is null)", cancel) || await AskAsync<long>("select count(distinct application_name) from pg_stat_activity where application_name like 'scale-%'", cancel) < workers)
        {
            if (Array.Find(processes, p => p.HasDied) is { } dead) throw new InvalidOperationException($"A worker ended by itself: {dead.LastLines(20)}");
            await Task.Delay(50, cancel);
        }
    }

    private async Task<double> WatchLagAsync(CancellationToken over)
    {
        var longest = 0.0;
        while (!over.IsCancellationRequested)
        {
            longest = Math.Max(longest, await AskAsync<double>("select coalesce(extract(epoch from now() - min(enqueued_at)), 0)::float8 from (select enqueued_at from work_item where died_at is null and stage in (1, 2) order by id limit 1) x", CancellationToken.None));
            await Task.Delay(250, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return longest;
    }

    private async Task<double[]> AgesAsync(DateTime from, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand("select percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from d.decided_at - m.stored_at)::float8) from message m join decision d on d.message_id = m.id where m.stored_at >= $1");
        command.Parameters.Add(new() { Value = from });
        command.CommandTimeout = 0;
        return (double[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task ImportAsync(string path, CancellationToken cancel)
    {
        var importer = _host.Services.GetRequiredService<Importer>();
        using var container = MailContainer.Open(path, importer.Limits);
        await importer.RunAsync(container, path, _mailbox, null, cancel);
    }

    private async Task<T> AskAsync<T>(string sql, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _source.DisposeAsync();
    }
}
