using System.CommandLine;
using System.Globalization;
using EmailOps.AppHost.Postgres;
using EmailOps.Benchmarks.Imap;

namespace EmailOps.Benchmarks.Intake;

/// <summary><c>intake</c>: from a mail server to durable rows, beside mbsync with fsync; and how soon new mail is visible.</summary>
internal static class IntakeCommand
{
    public static System.CommandLine.Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "Mails in the mailbox.", DefaultValueFactory = _ => 10_000 };
        var pairs = new Option<int>("--pairs") { Description = "Rounds of ours and mbsync, in turn first.", DefaultValueFactory = _ => 5 };
        var news = new Option<int>("--news") { Description = "New mails whose way to the inbox is timed.", DefaultValueFactory = _ => 100 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of new mails.", DefaultValueFactory = _ => 7 };
        var command = new System.CommandLine.Command("intake", "Fetch, parse and durable store of 20 kB mails from a Dovecot of our own into a durable PostgreSQL, as a ratio to mbsync with FSync; and the time from delivery to the last row visible.") { messages, pairs, news, rounds };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(messages), parsed.GetValue(pairs), parsed.GetValue(news), parsed.GetValue(rounds), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int messages, int pairs, int news, int rounds, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-intake-{Environment.ProcessId}";
        try
        {
            await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = folder + "-pg" }, cancel);
            await using var mailbox = await BusinessMailbox.StartAsync(messages, cancel);
            await using var run = await IntakeRun.StartAsync(postgres.ConnectionString, folder, mailbox, cancel);
            if (pairs > 0) await PairsAsync(run, mailbox, folder, pairs, cancel);
            if (rounds > 0) await NewsAsync(run, news, rounds, cancel);
            return 0;
        }
        finally
        {
            foreach (var made in new[] { folder, folder + "-pg" })
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    private static async Task PairsAsync(IntakeRun run, BusinessMailbox mailbox, string folder, int pairs, CancellationToken cancel)
    {
        await run.WarmUpAsync(cancel);
        Console.WriteLine($"{mailbox.Messages:N0} mails, {mailbox.Bytes / 1e6:N1} MB; fsync and synchronous_commit on");
        Console.WriteLine($"{"round",5} {"ours/s",9} {"mbsync/s",9} {"ratio",7}");
        var ratios = new List<double>();
        for (var round = 1; round <= pairs; round++)
        {
            double ours, theirs;
            if (round % 2 == 1) (ours, theirs) = (await run.CatchUpAsync(cancel), await MbsyncAsync(mailbox, folder, cancel));
            else (theirs, ours) = (await MbsyncAsync(mailbox, folder, cancel), await run.CatchUpAsync(cancel));
            ratios.Add(theirs / ours);
            Console.WriteLine($"{round,5} {mailbox.Messages / ours,9:N0} {mailbox.Messages / theirs,9:N0} {theirs / ours,7:N2}");
        }
        Console.WriteLine($"ratio to mbsync with fsync {Spread(ratios, "N2")}");
    }

    private static async Task<double> MbsyncAsync(BusinessMailbox mailbox, string folder, CancellationToken cancel)
    {
        if (MbsyncPeer.Missing is { } missing) throw new InvalidOperationException(missing);
        var near = Path.Combine(folder, "mbsync");
        var (seconds, count) = await MbsyncPeer.PullAsync(mailbox.Servers.ImapPort, mailbox.User, near, fsync: true, cancel);
        if (count != mailbox.Messages) throw new InvalidOperationException($"mbsync wrote {count} of {mailbox.Messages} mails.");
        Directory.Delete(near, recursive: true);
        return seconds;
    }

    private static async Task NewsAsync(IntakeRun run, int news, int rounds, CancellationToken cancel)
    {
        Console.WriteLine($"{news} new mails to a watched mailbox, worker with all stages: milliseconds");
        Console.WriteLine($"{"round",5} {"first to last row",18} {"last delivered to last row",27}");
        var (all, last) = (new List<double>(), new List<double>());
        await foreach (var (whole, after) in run.NewsAsync(news, rounds, cancel))
        {
            all.Add(whole);
            last.Add(after);
            Console.WriteLine($"{all.Count,5} {whole,18:N0} {after,27:N0}");
        }
        Console.WriteLine($"from the last delivery to the last row visible {Spread(last, "N0")} ms; from the first delivery {Spread(all, "N0")} ms");
    }

    private static string Spread(List<double> figures, string format)
    {
        var sorted = figures.Order().ToList();
        string Text(double figure) => figure.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(sorted[sorted.Count / 2])} [{Text(sorted[0])}-{Text(sorted[^1])}]";
    }
}
