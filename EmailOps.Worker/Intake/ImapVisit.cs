using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Intake;

/// <summary>One connection to a mailbox's IMAP server, for as long as it lasts.</summary>
internal sealed class ImapVisit(MailIntake intake, FolderStore folders, ReconciliationStore reconciliations, IntakeOptions options, TimeProvider clock, ILogger<ImapVisit> log)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    public async Task RunAsync(OpenedMailbox mailbox, LoopStatus status, LoopWake wake, Action caughtUp, Suspects<ImapPlace> suspects, CancellationToken cancel)
    {
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
            await new ImapWatch(context, wake, options, caughtUp).RunAsync(cancel);
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
}
