using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Intake.Remote;

/// <summary>Reads a mailbox by its provider's API until that fails: every folder up to its end, then all of them again every PollSeconds or when somebody wants something.</summary>
internal sealed class RemoteWatch(RemoteContext context, MailboxProvider provider, LoopWake wake, IntakeOptions options, Action caughtUp)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        var settings = context.Mailbox.Settings;
        var names = settings.Folders.Select(f => f.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? "INBOX" : f).Distinct(StringComparer.Ordinal).ToArray();
        var folders = (await context.Stores.Folders.LoadAsync(context.Mailbox.Id, names, cancel, provider)).Select(f =>
        {
            context.Status.Gap(f.Name, f.Gap);
            return new RemoteReader(context, f);
        }).ToArray();
        var requests = new FolderRequests(context.Mailbox, context.Stores.Reconciliations, options, context.Log);

        context.Status.CatchingUp();
        var stored = await ReadAsync(folders, cancel);
        caughtUp();
        IntakeLog.CaughtUp(context.Log, context.Mailbox.Address, folders.Length, stored);
        while (true)
        {
            await requests.RunAsync(folders, cancel);
            context.Status.Watching();
            await WaitAsync(TimeSpan.FromSeconds(settings.PollSeconds), cancel);
            await ReadAsync(folders, cancel);
        }
    }

    private static async Task<int> ReadAsync(RemoteReader[] folders, CancellationToken cancel)
    {
        var stored = 0;
        foreach (var folder in folders)
            if (await folder.OpenAsync(cancel)) stored += await folder.CatchUpAsync(cancel);
        if (folders.All(f => f.Problem is not null))
            throw new IntakeException(folders.FirstOrDefault() is { } first ? $"None of the folders can be opened. {first.Name}: {first.Problem}" : "No folder is named that could be read. Name at least INBOX in the mailbox's settings.");
        return stored;
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var woken = wake.StopAsync(stop);
        await Task.Delay(time, context.Clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync();
        await woken;
        cancel.ThrowIfCancellationRequested();
    }
}
