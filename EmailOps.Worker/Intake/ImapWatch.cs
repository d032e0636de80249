using EmailOps.Core.Messages;
using EmailOps.Mail.Imap;

namespace EmailOps.Worker.Intake;

/// <summary>
/// Reads a mailbox over one connection until that breaks: every folder up to its end, then the first one live (IDLE), the others and everything else
/// at least every PollSeconds.
/// </summary>
internal sealed class ImapWatch(ReadingContext context, LoopWake wake, IntakeOptions options, Action caughtUp)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken cancel)
    {
        var settings = context.Mailbox.Settings;
        // RFC 3501, 5.1: INBOX in any case is one folder.
        var names = settings.Folders.Select(f => f.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? "INBOX" : f).Distinct(StringComparer.Ordinal).ToArray();
        var folders = (await context.Folders.LoadAsync(context.Mailbox.Id, names, cancel)).Select(f =>
        {
            context.Status.Gap(f.Name, f.Gap);
            return new FolderReader(context, f);
        }).ToArray();

        var requests = new FolderRequests(context.Mailbox, context.Reconciliations, options, context.Log);
        context.Status.CatchingUp();
        var stored = 0;
        foreach (var folder in folders) stored += await ReadAsync(folder, cancel);
        Usable(folders);
        caughtUp();
        IntakeLog.CaughtUp(context.Log, context.Mailbox.Address, folders.Length, stored);
        while (true)
        {
            await requests.RunAsync(folders, cancel);
            context.Status.Watching();
            await WatchAsync(Usable(folders), TimeSpan.FromSeconds(settings.PollSeconds), cancel);
            foreach (var folder in folders)
                if (await folder.HasNewsAsync(cancel)) await ReadAsync(folder, cancel);
        }
    }

    private static async Task<int> ReadAsync(FolderReader folder, CancellationToken cancel) => await folder.OpenAsync(cancel) ? await folder.CatchUpAsync(cancel) : 0;

    private static FolderReader Usable(FolderReader[] folders) => folders.FirstOrDefault(f => f.Problem is null)
        ?? folders.FirstOrDefault() ?? throw new IntakeException("No folder is named that could be read. Name at least INBOX in the mailbox's settings.");

    /// <summary>Stores what the server announces in a folder as it comes, until it is time to look elsewhere or somebody wants something.</summary>
    private async Task WatchAsync(FolderReader folder, TimeSpan time, CancellationToken cancel)
    {
        var began = context.Clock.GetTimestamp();
        if (!await folder.OpenAsync(cancel))
            throw new IntakeException($"None of the folders can be opened. {folder.Name}: {folder.Problem}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var woken = wake.StopAsync(stop);
        try
        {
            while (!stop.IsCancellationRequested && Left() > TimeSpan.Zero)
            {
                // Asked before the search: what comes after it ends IDLE at once.
                context.Client.TakeChanges();
                if (await folder.CatchUpAsync(cancel) > 0) await BurstAsync(folder, () => !stop.IsCancellationRequested && Left() > TimeSpan.Zero, stop.Token, cancel);
                if (Left() is var left && left > TimeSpan.Zero && (await context.Client.IdleAsync(left, ImapChanges.NewMessages, stop.Token) & ImapChanges.NewMessages) == 0) break;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await woken;
        }
        cancel.ThrowIfCancellationRequested();

        TimeSpan Left() => time - context.Clock.GetElapsedTime(began);
    }

    /// <summary>Mail comes in bursts, and servers take a moment (Dovecot: up to half a second) before they announce it: after a mail they are asked a few times.</summary>
    private async Task BurstAsync(FolderReader folder, Func<bool> goOn, CancellationToken stop, CancellationToken cancel)
    {
        for (var pause = FirstPause; pause < LongestPause && goOn(); pause *= 2)
        {
            await Task.Delay(pause, context.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await context.Client.NoopAsync(cancel);
            if ((context.Client.TakeChanges() & ImapChanges.NewMessages) == 0) continue;
            await folder.CatchUpAsync(cancel);
            pause = FirstPause / 2;
        }
    }
}
