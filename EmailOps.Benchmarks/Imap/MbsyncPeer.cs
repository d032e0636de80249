using System.Diagnostics;
using EmailOps.AppHost.Postgres;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Benchmarks.Imap;

/// <summary>mbsync (package isync): pulls an INBOX into an empty Maildir. With <c>FSync yes</c> each mail is on the disk before it is noted as done.</summary>
internal static class MbsyncPeer
{
    private const string Program = "/usr/bin/mbsync";

    /// <summary>Why it cannot run here, or null.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Program} is missing (apt-get install isync)";

    /// <summary>Seconds for the whole program, start to end, and mails it wrote.</summary>
    /// <param name="folder">An empty folder on the disk that the durable store is measured on; the copy stays in it.</param>
    public static async Task<(double Seconds, int Messages)> PullAsync(int port, MailUser user, string folder, bool fsync, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var settings = Path.Combine(folder, "mbsyncrc");
        await File.WriteAllTextAsync(settings, $"""
            FSync {(fsync ? "yes" : "no")}
            IMAPAccount bench
            Host 127.0.0.1
            Port {port}
            User {user.Address}
            Pass {user.Password}
            SSLType None
            AuthMechs LOGIN

            IMAPStore far
            Account bench

            MaildirStore near
            Path {folder}/
            Inbox {folder}/INBOX

            Channel all
            Far :far:INBOX
            Near :near:INBOX
            Create Near
            Sync Pull
            SyncState *

            """, cancel);
        var began = Stopwatch.GetTimestamp();
        var done = await Command.RunAsync([Program, "-q", "-c", settings, "all"], cancel);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (!done.Succeeded) throw new InvalidOperationException($"mbsync: {done.LastLines(5)}");
        return (seconds, ((string[])["cur", "new"]).Sum(part => Directory.GetFiles(Path.Combine(folder, "INBOX", part)).Length));
    }
}
