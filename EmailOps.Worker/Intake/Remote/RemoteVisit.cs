using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Intake.Remote;

/// <summary>A mailbox read by its provider's API, until that fails.</summary>
internal sealed class RemoteVisit(RemoteProviders providers, MailboxTokens tokens, MailIntake intake, RemoteStores stores, IntakeOptions options, TimeProvider clock, ILogger<RemoteVisit> log)
{
    public async Task RunAsync(OpenedMailbox mailbox, MailboxProvider provider, LoopStatus status, LoopWake wake, Action caughtUp, Suspects<RemotePlace> suspects, CancellationToken cancel)
    {
        await using var client = providers.Of(provider).Open(mailbox, tokens.For(mailbox, provider), new RemoteLimits(options.MaxMessageBytes, options.ServerPatience));
        try
        {
            status.Visiting(() => client.BytesRead);
            IntakeLog.ReadsBy(log, mailbox.Address, client.Server);
            await new RemoteWatch(new RemoteContext(mailbox, client, intake, stores, status, suspects, clock, log), provider, wake, options, caughtUp).RunAsync(cancel);
        }
        finally
        {
            status.Disconnected();
        }
    }
}
