using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Data;

/// <summary>Runs a connection test on what somebody typed, with stored secrets where nothing was typed. For the Api and the command line.</summary>
internal sealed class MailboxTester(MailboxAccess access, ConnectionTest test, RemoteProviders providers, MailboxTokens tokens, TimeProvider clock)
{
    /// <returns>Null when the mailbox whose secrets are to be used does not exist.</returns>
    /// <exception cref="SecretsKeyException">A stored secret is needed and cannot be opened.</exception>
    public async Task<ConnectionReport?> RunAsync(TestMailbox asked, CancellationToken cancel)
    {
        var (imap, smtp) = (asked.ImapSecret, asked.SmtpSecret);
        if (asked.MailboxId is { } id)
        {
            if (await access.OpenAsync(id, cancel) is not { } stored) return null;
            if (MailboxSecrets.SameHost(stored.Settings.Imap, asked.Settings.Imap)) imap ??= stored.ImapSecret;
            // What is typed once counts for both servers, as it does when it is saved.
            if (asked.ImapSecret is null && MailboxSecrets.SameHost(stored.Settings.Smtp, asked.Settings.Smtp)) smtp ??= stored.SmtpSecret;
        }
        var setup = new MailboxSetup(asked.MailboxId ?? 0, MailboxAddress.Normal(asked.Address), asked.Address, asked.Settings, imap is not null, smtp is not null, true, 0, []);
        var opened = new OpenedMailbox(setup, imap, smtp ?? asked.ImapSecret ?? "");
        if (!asked.Settings.Provider.IsRemote()) return await test.RunAsync(opened, cancel);
        var remote = await RemoteAsync(opened, cancel);
        if (asked.Settings is { Imap: null, Smtp: null }) return new ConnectionReport(remote.Ok, remote.Steps);
        // The fallback is tried as well: it is needed when the first way does not work.
        var servers = await test.RunAsync(opened, cancel);
        return new ConnectionReport(remote.Ok && servers.Ok, [.. remote.Steps, .. servers.Steps]);
    }

    private async Task<StepList> RemoteAsync(OpenedMailbox mailbox, CancellationToken cancel)
    {
        var provider = mailbox.Settings.Provider;
        var steps = new StepList(provider.ToString(), clock);
        using var limit = new CancellationTokenSource(ConnectionTest.Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await providers.Of(provider).CheckAsync(mailbox, tokens.For(mailbox, provider), steps, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            steps.Fail("Time", $"Gave up after {ConnectionTest.Limit.TotalSeconds:0} s.", "The provider answers too slowly for a test. Try again.");
        }
        catch (Exception failure) when (failure is RemoteException or MailConnectionException)
        {
            steps.Fail("Connection", failure.Message, "Test again; if it stays, run: emailops provider diagnose " + mailbox.Address);
        }
        return steps;
    }
}
