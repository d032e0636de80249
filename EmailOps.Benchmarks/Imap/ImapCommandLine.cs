using System.CommandLine;
using EmailOps.Mail.Imap;

namespace EmailOps.Benchmarks.Imap;

/// <summary><c>imap</c>: fetching over loopback, as a share of what the server gives a client that looks at nothing.</summary>
internal static class ImapCommandLine
{
    public static Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "Mails in the mailbox.", DefaultValueFactory = _ => 10_000 };
        var pairs = new Option<int>("--pairs") { Description = "Rounds of floor, ours, ours with parsing.", DefaultValueFactory = _ => 7 };
        var tls = new Option<bool>("--tls") { Description = "Our client over TLS; the floor stays plain." };
        var window = new Option<int>("--window") { Description = "Messages in one FETCH.", DefaultValueFactory = _ => ImapLimits.Default.FetchWindow };
        var inFlight = new Option<int>("--in-flight") { Description = "FETCH commands under way.", DefaultValueFactory = _ => ImapLimits.Default.FetchesInFlight };
        var mbsync = new Option<int>("--mbsync") { Description = "Rounds of mbsync with FSync, the durable peer.", DefaultValueFactory = _ => 3 };
        var command = new Command("imap", "IMAP fetch of 20 kB mails from a Dovecot of our own: raw floor, our client, our client with MIME parsing, mbsync.") { messages, pairs, tls, window, inFlight, mbsync };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(messages), parsed.GetValue(pairs), parsed.GetValue(mbsync), parsed.GetValue(tls),
            new ImapLimits { FetchWindow = parsed.GetValue(window), FetchesInFlight = parsed.GetValue(inFlight) }, cancel));
        return command;
    }

    private static async Task<int> RunAsync(int messages, int pairs, int mbsync, bool tls, ImapLimits limits, CancellationToken cancel)
    {
        await using var mailbox = await BusinessMailbox.StartAsync(messages, cancel);
        var ours = new ImapFetchRun(mailbox, limits, tls);
        // The server numbers and measures new mails at their first reading; that is not what is compared here.
        RawImapFetch.Run(mailbox.Servers.ImapPort, mailbox.User);
        await ours.RunAsync(parse: true, cancel);
        await ours.RunAsync(parse: false, cancel);

        Console.WriteLine($"{messages:N0} mails, {mailbox.Bytes / 1e6:N1} MB, window {limits.FetchWindow}, {limits.FetchesInFlight} in flight, {(tls ? "TLS" : "no TLS")}");
        Console.WriteLine($"{"round",5} {"floor/s",9} {"ours/s",9} {"of floor",9} {"parsed/s",9} {"of floor",9} {"kB alloc",9}");
        var (floors, fetches, parses) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= pairs; round++)
        {
            // Alternating, and in turn first: the machine's speed drifts.
            var floor = round % 2 == 1 ? RawImapFetch.Run(mailbox.Servers.ImapPort, mailbox.User).Seconds : 0;
            var fetched = await ours.RunAsync(parse: false, cancel);
            if (floor == 0) floor = RawImapFetch.Run(mailbox.Servers.ImapPort, mailbox.User).Seconds;
            var parsed = await ours.RunAsync(parse: true, cancel);
            floors.Add(messages / floor);
            fetches.Add(floor / fetched.Seconds);
            parses.Add(floor / parsed.Seconds);
            Console.WriteLine($"{round,5} {messages / floor,9:N0} {messages / fetched.Seconds,9:N0} {floor / fetched.Seconds,9:N2} {messages / parsed.Seconds,9:N0} {floor / parsed.Seconds,9:N2} {fetched.Allocated / 1000.0 / messages,9:N2}");
        }
        Console.WriteLine($"floor {Spread(floors, "N0")} mails/s; fetch {Spread(fetches, "N2")} of it; fetch and parse {Spread(parses, "N2")} of it");
        await MbsyncAsync(mailbox, mbsync, cancel);
        return 0;
    }

    private static async Task MbsyncAsync(BusinessMailbox mailbox, int rounds, CancellationToken cancel)
    {
        if (MbsyncPeer.Missing is { } missing)
        {
            Console.WriteLine($"no mbsync: {missing}");
            return;
        }
        var rates = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var folder = $"/var/tmp/emailops-mbsync-{Environment.ProcessId}-{round}";
            try
            {
                var (seconds, count) = await MbsyncPeer.PullAsync(mailbox.Servers.ImapPort, mailbox.User, folder, fsync: true, cancel);
                if (count != mailbox.Messages) throw new InvalidOperationException($"mbsync wrote {count} of {mailbox.Messages} mails.");
                rates.Add(count / seconds);
            }
            finally
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
        if (rates.Count > 0) Console.WriteLine($"mbsync with fsync {Spread(rates, "N0")} mails/s");
    }

    private static string Spread(List<double> figures, string format)
    {
        var sorted = figures.Order().ToList();
        string Text(double figure) => figure.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
        return $"{Text(sorted[sorted.Count / 2])} [{Text(sorted[0])}-{Text(sorted[^1])}]";
    }
}
