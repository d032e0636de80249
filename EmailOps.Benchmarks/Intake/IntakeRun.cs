using System.Diagnostics;
using System.Runtime.CompilerServices;
using EmailOps.Benchmarks.Imap;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Triage;
using EmailOps.Worker;
using EmailOps.Worker.Intake;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EmailOps.Benchmarks.Intake;

/// <summary>The real loop of a mailbox and the real store, on one Dovecot and one durable database.</summary>
internal sealed class IntakeRun : IAsyncDisposable
{
    private readonly BusinessMailbox _mailbox;
    private readonly NpgsqlDataSource _source;
    private readonly Func<IHost> _worker;
    private readonly IHost _idle;
    private int _rounds;

    private IntakeRun(BusinessMailbox mailbox, string connectionString, string folder)
    {
        _mailbox = mailbox;
        _source = NpgsqlDataSource.Create(connectionString);
        _worker = () => WorkerHost.Create([$"--ConnectionStrings:emailops={connectionString}", "--urls=http://127.0.0.1:0", $"--CACHE_DIR={folder}", $"--STATE_DIR={folder}", "--EMAILOPS_ENV_FILE=none", "--LOG_LEVEL=WARNING", "--Samples:Load=false"]);
        _idle = _worker(); // its hosted services are never started: only intake is measured
    }

    public static async Task<IntakeRun> StartAsync(string connectionString, string folder, BusinessMailbox mailbox, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var run = new IntakeRun(mailbox, connectionString, folder);
        await run._idle.Services.GetRequiredService<Migrator>().MigrateAsync(cancel);
        return run;
    }

    /// <summary>A round that is not counted: code is compiled, the server has numbered its mails.</summary>
    public async Task WarmUpAsync(CancellationToken cancel)
    {
        RawImapFetch.Run(_mailbox.Servers.ImapPort, _mailbox.User);
        await CatchUpAsync(cancel);
    }

    /// <summary>Seconds from the start of a mailbox's loop, connection and sign-in included, to the commit of its last mail. Into empty tables.</summary>
    public async Task<double> CatchUpAsync(CancellationToken cancel)
    {
        await ExecuteAsync("truncate message, message_thread, raw_mail, intake_entry, server_message, mailbox_folder, mailbox_loop, reconciliation, work_item cascade; checkpoint", cancel);
        var id = await MailboxAsync(_mailbox.User, cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopStatus status = null!;
        status = new LoopStatus(id, "bench", TimeProvider.System, () =>
        {
            var beat = status.Beat();
            if (beat.State == LoopState.BackingOff) done.TrySetException(new InvalidOperationException(beat.Problem));
            else if (beat.State == LoopState.Watching) done.TrySetResult();
        });
        var began = Stopwatch.GetTimestamp();
        var loop = _idle.Services.GetRequiredService<MailboxLoop>().RunAsync(status, new LoopWake(), stop.Token);
        await done.Task.WaitAsync(cancel);
        // The first comparison follows at once and is part of what was waited for.
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await stop.CancelAsync();
        await loop;
        var stored = await CountAsync("message", cancel);
        if (stored != _mailbox.Messages) throw new InvalidOperationException($"{stored} of {_mailbox.Messages} mails were stored.");
        return seconds;
    }

    /// <summary>Milliseconds from the first delivery, and from the last, to the last row visible.</summary>
    public async IAsyncEnumerable<(double Whole, double AfterLast)> NewsAsync(int mails, int rounds, [EnumeratorCancellation] CancellationToken cancel)
    {
        await ExecuteAsync("truncate message, message_thread, raw_mail, intake_entry, server_message, mailbox_folder, mailbox_loop, reconciliation, work_item, mailbox cascade", cancel);
        var user = await _mailbox.Servers.AddUserAsync("news", cancel);
        var id = await MailboxAsync(user, cancel);
        var paths = TriagePaths.Samples(TriageOptions.SamplesFolder, null);
        var texts = Core.Triage.Taxonomies.TrainingExamples.Load([.. Directory.EnumerateFiles(paths.Training[0], "*.csv")], Core.Triage.Taxonomies.TaxonomyFile.Load(paths.Taxonomy)).Items.Select(e => e.Body).ToList();
        var business = new Throughput.BusinessMail(texts, seed: 23);
        using var worker = _worker();
        await worker.StartAsync(cancel);
        for (var round = 0; round <= rounds; round++)
        {
            await UntilAsync($"select exists (select from mailbox_loop where mailbox_id = {id} and state = 'Watching') and not exists (select from work_item)", cancel);
            await Task.Delay(1000, cancel); // bursts are over: the server has to announce
            var raws = Enumerable.Range(0, mails).Select(i => business.Next(round * mails + i)).ToArray();
            var began = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(raws, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel }, async (raw, c) => await _mailbox.Servers.Delivery.LmtpAsync(user, raw, cancel: c));
            var delivered = Stopwatch.GetTimestamp();
            await UntilAsync($"select count(*) = {(round + 1) * mails} from message", cancel);
            var figures = (Stopwatch.GetElapsedTime(began).TotalMilliseconds, Stopwatch.GetElapsedTime(delivered).TotalMilliseconds);
            if (round > 0) yield return figures; // the first compiles the code
        }
        await worker.StopAsync(cancel);
    }

    private async Task<long> MailboxAsync(MailUser user, CancellationToken cancel)
    {
        var server = new MailServerSettings(MailServerPair.Host, _mailbox.Servers.ImapPort, MailSecurity.None, User: user.Address);
        var made = await _idle.Services.GetRequiredService<MailboxStore>().CreateAsync("bench", new SaveMailbox($"bench{++_rounds}@shop.example", "", new MailboxSettings { Imap = server }, user.Password), cancel);
        return made.Outcome == WriteOutcome.Done ? made.Id : throw new InvalidOperationException(made.Problem);
    }

    private async Task UntilAsync(string question, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand(question);
        while (!(bool)(await command.ExecuteScalarAsync(cancel))!) await Task.Delay(2, cancel);
    }

    private async Task<long> CountAsync(string table, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        foreach (var statement in sql.Split(';'))
        {
            await using var command = _source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _idle.Dispose();
        await _source.DisposeAsync();
    }
}
