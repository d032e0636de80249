using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Tries a mailbox's settings as reading and sending will use them, and explains what does not work. Nothing is stored, changed or sent.</summary>
internal sealed class ConnectionTest(RemoteProviders providers, TokenSources tokens, TimeProvider clock)
{
    /// <summary>Both servers at once, each in all its steps; somebody looks at a waiting page meanwhile.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    public async Task<ConnectionReport> RunAsync(OpenedMailbox mailbox, CancellationToken cancel)
    {
        if (mailbox.Settings.IsBare())
            return new ConnectionReport(false, [new ConnectionStep("IMAP", "Settings", false, "Neither a server for reading nor one for sending is set.", "Enter at least the IMAP server.", 0)]);
        List<Task<StepList>> checks = [];
        foreach (var by in ((MailboxProvider?[])[mailbox.Settings.Provider, mailbox.Settings.Fallback]).OfType<MailboxProvider>().Where(p => p.IsRemote()).Distinct())
        {
            var steps = new StepList(by.ToString(), clock);
            checks.Add(LimitedAsync(steps, c => providers.Of(by).CheckAsync(mailbox, tokens(mailbox, by), steps, c), cancel));
        }
        if (mailbox.Settings.Imap is { } imap)
        {
            var check = new ImapCheck(mailbox, imap, clock);
            checks.Add(LimitedAsync(check.Steps, check.RunAsync, cancel));
        }
        if (mailbox.Settings.Smtp is { } smtp)
        {
            var check = new SmtpCheck(mailbox, smtp, clock);
            checks.Add(LimitedAsync(check.Steps, check.RunAsync, cancel));
        }
        var done = await Task.WhenAll(checks);
        return new ConnectionReport(done.All(s => s.Ok), [.. done.SelectMany(s => s.Steps)]);
    }

    private async Task<StepList> LimitedAsync(StepList steps, Func<CancellationToken, Task> run, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await run(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            steps.Fail("Time", $"Gave up after {Limit.TotalSeconds:0} s.", "The server answers too slowly for a test. Try again; if it stays, it or the network is overloaded.");
        }
        catch (RemoteException failure)
        {
            steps.Fail("Connection", failure.Message, null);
        }
        catch (MailConnectionException failure)
        {
            steps.Fail("Connection", failure.Message, "The connection broke in between. Test again.");
        }
        return steps;
    }
}
