using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Intake;

/// <summary>The loop of one mailbox: connect, read, and after any failure wait and do it again, until it is cancelled. What it reached is in the store, never here.</summary>
internal sealed class MailboxLoop(MailboxAccess access, MailIntake intake, FolderStore folders, ReconciliationStore reconciliations, IntakeOptions options, TimeProvider clock, ILogger<MailboxLoop> log)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    public async Task RunAsync(LoopStatus status, LoopWake wake, CancellationToken cancel)
    {
        var backoff = new Backoff(options.MaxBackoff);
        var suspects = new Suspects();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                status.Connecting();
                await ReadAsync(status, wake, backoff, suspects, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, this mailbox goes on: nothing was acknowledged that is not stored.
                await RestAsync(status, wake, backoff, failure, cancel);
            }
        }
    }

    private async Task ReadAsync(LoopStatus status, LoopWake wake, Backoff backoff, Suspects suspects, CancellationToken cancel)
    {
        var mailbox = await access.OpenAsync(status.MailboxId, cancel) ?? throw new IntakeException("The mailbox is gone.");
        var server = mailbox.Settings.Imap ?? throw new IntakeException("It has no IMAP server.");
        var credentials = mailbox.Credentials(server, mailbox.ImapSecret) ?? throw new IntakeException("No password or token is stored for its IMAP server. Enter one in the mailbox's settings.");
        var patience = ConnectionLimits.Default with { Read = options.ServerPatience, Write = options.ServerPatience, Connect = Least(ConnectionLimits.Default.Connect), Handshake = Least(ConnectionLimits.Default.Handshake) };
        var limits = ImapLimits.Default with { MaxMessageBytes = (int)Math.Min(options.MaxMessageBytes, int.MaxValue), HeadBytes = (int)Math.Min(options.MaxMessageBytes, ImapLimits.Default.HeadBytes) };
        var client = await ImapClient.ConnectAsync(server.Server(), limits, patience, time: clock, cancel: cancel);
        try
        {
            await client.LoginAsync(credentials, cancel);
            status.Connected(() => client.Connection.BytesRead);
            IntakeLog.Connected(log, mailbox.Address, server.Host, server.Port);
            var context = new ReadingContext(mailbox, client, intake, folders, reconciliations, status, suspects, clock, log);
            await new ImapWatch(context, wake, options, backoff.Reset).RunAsync(cancel);
        }
        finally
        {
            status.Disconnected();
            await CloseAsync(client);
        }
    }

    private TimeSpan Least(TimeSpan limit) => options.ServerPatience < limit ? options.ServerPatience : limit;

    private async Task CloseAsync(ImapClient client)
    {
        using var enough = new CancellationTokenSource(Goodbye, clock);
        try
        {
            await client.LogoutAsync(enough.Token);
        }
        catch (Exception failure) when (failure is MailConnectionException or OperationCanceledException or InvalidOperationException)
        {
            await client.DisposeAsync(); // an operation was under way, or nobody is there to say goodbye to
        }
    }

    private async Task RestAsync(LoopStatus status, LoopWake wake, Backoff backoff, Exception failure, CancellationToken cancel)
    {
        var problem = IntakeFailures.Explain(failure);
        var isRefused = failure is MailConnectionException { Kind: ConnectionFailure.Authentication };
        var pause = backoff.Next(isRefused);
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
