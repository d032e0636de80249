using System.Diagnostics;
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

namespace EmailOps.Benchmarks.Throughput;

/// <summary>Messages per second of one round, by stage; end to end counts from the first byte read to the last decision stored, all at work together.</summary>
/// <param name="WordsAfter">Seconds until the inbox's search knew the last message, counted from the last decision.</param>
internal sealed record RoundFigures(double Import, double Triage, double Policy, double EndToEnd, double WordsAfter, EndToEndCost Cost);

/// <summary>What a message cost end to end.</summary>
/// <param name="OurMicroseconds">Processor time of this process: importer and worker.</param>
/// <param name="PostgresMicroseconds">Processor time of the server.</param>
/// <param name="Busy">Share of all processors that both used.</param>
internal sealed record EndToEndCost(double OurMicroseconds, double PostgresMicroseconds, double WalBytes, double AllocatedBytes, double Busy, int Collections);

/// <summary>A real worker host and the real importer on one database, as in the embedded topology.</summary>
internal sealed class ThroughputRun : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Func<IHost> _worker;
    private readonly NpgsqlDataSource _source;
    private readonly IReadOnlyList<string> _texts;
    private long _mailbox;

    private ThroughputRun(string connectionString, string folder)
    {
        _folder = Path.Combine(folder, "mail");
        Directory.CreateDirectory(_folder);
        _source = NpgsqlDataSource.Create(connectionString);
        _worker = () => WorkerHost.Create([$"--ConnectionStrings:emailops={connectionString}", "--urls=http://127.0.0.1:0", $"--CACHE_DIR={folder}", "--EMAILOPS_ENV_FILE=none", "--Logging:LogLevel:Default=Warning", "--LOG_LEVEL=WARNING"]);
        _texts = Texts();
    }

    /// <summary>Words of the training examples, for mails to be made of.</summary>
    public static IReadOnlyList<string> Texts()
    {
        var paths = TriagePaths.Samples(TriageOptions.SamplesFolder, null);
        return [.. TrainingExamples.Load([.. Directory.EnumerateFiles(paths.Training[0], "*.csv")], TaxonomyFile.Load(paths.Taxonomy)).Items.Select(e => e.Body)];
    }

    public static async Task<ThroughputRun> StartAsync(string connectionString, string folder, CancellationToken cancel)
    {
        var run = new ThroughputRun(connectionString, folder);
        // One start makes schema, articles, mailbox and model, and warms the code up on a few hundred mails.
        using (var worker = run._worker())
        {
            await worker.StartAsync(cancel);
            await using (var db = await worker.Services.GetRequiredService<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel))
            {
                var mailbox = new Mailbox { Address = "throughput@shop.example", Name = "Throughput", CreatedAt = TimeProvider.System.GetUtcNow() };
                db.Mailboxes.Add(mailbox);
                await db.SaveChangesAsync(cancel);
                run._mailbox = mailbox.Id;
            }
            await run.ImportAsync(worker, run.Write(-600, 600), cancel);
            await run.DrainAsync(cancel);
            await worker.StopAsync(cancel);
        }
        return run;
    }

    public async Task<RoundFigures> RoundAsync(int first, int messages, CancellationToken cancel)
    {
        // Stage by stage on half of the round, the whole chain at once on the other half.
        var half = messages / 2;
        var (apart, together) = (Write(first, half), Write(first + half, messages - half));
        double import, triage, policy, endToEnd, words;
        EndToEndCost cost;
        using (var idle = _worker()) // its hosted services are never started
        {
            import = half / await SecondsAsync(() => ImportAsync(idle, apart, cancel));
            (triage, policy) = await StagesAsync(idle, half, cancel);
        }
        using (var worker = _worker())
        {
            await worker.StartAsync(cancel);
            var (before, own, allocated, collected) = (await PostgresCost.NowAsync(_source, cancel), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
            var seconds = await SecondsAsync(async () =>
            {
                await ImportAsync(worker, together, cancel);
                await DrainAsync(cancel);
            });
            var server = await PostgresCost.NowAsync(_source, cancel) - before;
            var ours = (Environment.CpuUsage.TotalTime - own).TotalSeconds;
            double count = messages - half;
            endToEnd = count / seconds;
            cost = new EndToEndCost(ours / count * 1e6, server.ProcessorSeconds / count * 1e6, server.WalBytes / count, (GC.GetTotalAllocatedBytes() - allocated) / count,
                (ours + server.ProcessorSeconds) / seconds / Environment.ProcessorCount, GC.CollectionCount(0) - collected);
            words = await SecondsAsync(() => UntilAsync("select not exists (select from words_due)", cancel));
            await worker.StopAsync(cancel);
        }
        return new RoundFigures(import, triage, policy, endToEnd, words, cost);
    }

    private async Task<(double Triage, double Policy)> StagesAsync(IHost host, int messages, CancellationToken cancel)
    {
        var triage = messages / await SecondsAsync(() => StageAsync<Worker.Stages.TriageStage>(host, cancel));
        var policy = messages / await SecondsAsync(() => StageAsync<Worker.Stages.PolicyStage>(host, cancel));
        await StageAsync<Worker.Stages.DeliveryStage>(host, cancel);
        return (triage, policy);
    }

    /// <summary>A stage alone, on as many loops as there are processors, until nothing is left for it.</summary>
    private static Task StageAsync<T>(IHost host, CancellationToken cancel) where T : Worker.Stages.IStage
    {
        var (stage, queue) = (host.Services.GetRequiredService<T>(), host.Services.GetRequiredService<WorkQueue>());
        return Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            while (await queue.ClaimAsync(stage.Stage, cancel) is { Count: > 0 } items)
                if (await stage.RunAsync(items, cancel) is { Count: > 0 } failures) throw new InvalidOperationException(failures[0].Error);
        }, cancel)));
    }

    private string Write(int first, int count) => BusinessMail.Write(Path.Combine(_folder, $"{first}.mbox"), _texts, first, count);

    private async Task ImportAsync(IHost host, string path, CancellationToken cancel)
    {
        var importer = host.Services.GetRequiredService<Importer>();
        using (var container = MailContainer.Open(path, importer.Limits))
            await importer.RunAsync(container, path, _mailbox, null, cancel);
        File.Delete(path);
    }

    private async Task DrainAsync(CancellationToken cancel)
    {
        // Asks for one row, not for a count: counting a long queue fifty times a second was part of what it measured.
        await using var open = _source.CreateCommand("select exists (select from work_item where died_at is null), exists (select from work_item where died_at is not null)");
        while (true)
        {
            await using (var reader = await open.ExecuteReaderAsync(cancel))
            {
                await reader.ReadAsync(cancel);
                if (reader.GetBoolean(1)) throw new InvalidOperationException("A work item died; the figures would not count.");
                if (!reader.GetBoolean(0)) return;
            }
            await Task.Delay(20, cancel);
        }
    }

    private async Task UntilAsync(string question, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand(question);
        while (await command.ExecuteScalarAsync(cancel) is not true) await Task.Delay(100, cancel);
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
