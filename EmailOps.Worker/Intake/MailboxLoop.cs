using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Messages;
using EmailOps.Mail.Net;
using EmailOps.Worker.Intake.Remote;

namespace EmailOps.Worker.Intake;

/// <summary>
/// The loop of one mailbox: connect, read, and after any failure wait and do it again, until it is cancelled. What it reached is in the store, never here.
/// </summary>
internal sealed class MailboxLoop(MailboxAccess access, ImapVisit imap, RemoteVisit remote, ProviderBreakers breakers, RemoteOptions providers, IntakeOptions options, TimeProvider clock, ILogger<MailboxLoop> log)
{
    /// <summary>What outlives a connection.</summary>
    private sealed record Memory(Backoff Backoff, Detour Detour, Suspects<ImapPlace> Imap, Suspects<RemotePlace> Remote);

    public async Task RunAsync(LoopStatus status, LoopWake wake, CancellationToken cancel)
    {
        var memory = new Memory(new Backoff(options.MaxBackoff), new Detour(providers, clock), new Suspects<ImapPlace>(), new Suspects<RemotePlace>());
        while (!cancel.IsCancellationRequested)
        {
            MailboxSettings? settings = null;
            var by = MailboxProvider.Imap;
            try
            {
                status.Connecting();
                var mailbox = await access.OpenAsync(status.MailboxId, cancel) ?? throw new IntakeException("The mailbox is gone.");
                (settings, by) = (mailbox.Settings, memory.Detour.Choose(mailbox.Settings));
                status.By(by, memory.Detour.Reason);
                await ReadAsync(mailbox, by, status, wake, memory, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (settings is not null && by != settings.Provider)
            {
                IntakeLog.TriesFirst(log, status.Address, settings.Provider); // the detour's time is up
            }
            catch (Exception failure)
            {
                var problem = IntakeFailures.Explain(failure);
                if (settings is not null && problem is not null && memory.Detour.Failed(settings, by, failure, problem))
                {
                    IntakeLog.Diverted(log, status.Address, providers.ReadsBy(settings)!.Value, by, problem);
                    memory.Backoff.Reset();
                    continue;
                }
                // Whatever it is, this mailbox goes on: nothing was acknowledged that is not stored.
                await RestAsync(status, wake, memory.Backoff, failure, problem, cancel);
            }
        }
    }

    private async Task ReadAsync(OpenedMailbox mailbox, MailboxProvider by, LoopStatus status, LoopWake wake, Memory memory, CancellationToken cancel)
    {
        using var detour = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var isFirst = by == mailbox.Settings.Provider;
        using var back = isFirst ? null : clock.CreateTimer(_ => detour.Cancel(), null, memory.Detour.Left, Timeout.InfiniteTimeSpan);
        if (by == MailboxProvider.Imap)
        {
            // Each of its commands is not asked about: a server that is down shows when connecting.
            await breakers.EnterAsync(by, options.ServerPatience, cancel);
            await imap.RunAsync(mailbox, status, wake, CaughtUp, memory.Imap, detour.Token);
        }
        else
        {
            await remote.RunAsync(mailbox, by, status, wake, CaughtUp, memory.Remote, detour.Token);
        }

        void CaughtUp()
        {
            memory.Backoff.Reset();
            if (isFirst) memory.Detour.Works();
        }
    }

    private async Task RestAsync(LoopStatus status, LoopWake wake, Backoff backoff, Exception failure, string? problem, CancellationToken cancel)
    {
        var isRefused = failure is MailConnectionException { Kind: ConnectionFailure.Authentication } or RemoteException { Failure: RemoteFailure.SignedOut or RemoteFailure.Forbidden };
        var pause = backoff.Next(isRefused, (failure as RemoteException)?.RetryAfter);
        if (problem is null) IntakeLog.LoopBroke(log, status.Address, pause.TotalSeconds, failure);
        else IntakeLog.LoopFailed(log, status.Address, backoff.Failures, pause.TotalSeconds, problem);
        status.BackingOff(problem ?? $"Reading failed in a way nobody foresaw ({failure.GetType().Name}: {failure.Message}). The log has more.", backoff.Failures, pause);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        wake.Clear();
        // Who wants something may have it tried now; but a refused password is as wrong as before, and saving another starts a new loop.
        var woken = isRefused ? Task.CompletedTask : wake.StopAsync(stop);
        await Task.Delay(pause, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync();
        await woken;
    }
}
