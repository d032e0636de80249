using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Gmail, by its REST API.</summary>
internal sealed class GmailProvider(GmailOptions options, GmailHttp http, ProviderBreakers breakers, TimeProvider clock) : IRemoteProvider
{
    private readonly ConcurrentDictionary<long, RemotePace> _paces = new();

    public MailboxProvider Provider => MailboxProvider.Gmail;

    public IRemoteMailbox Open(OpenedMailbox mailbox, TokenSource token, RemoteLimits limits)
    {
        var pace = _paces.GetOrAdd(mailbox.Id, id => new RemotePace(Provider, id, options.BatchSize, clock));
        return new GmailMailbox(Calls(token, limits, pace), pace, limits);
    }

    private GmailCalls Calls(TokenSource token, RemoteLimits limits, RemotePace pace) => new(new RemoteCalls(Provider, http.Http, token, breakers, limits.Patience, clock), new Uri(options.Api), pace);

    public async Task CheckAsync(OpenedMailbox mailbox, TokenSource token, StepList steps, CancellationToken cancel)
    {
        try
        {
            await token(null, cancel);
            steps.Pass("Sign-in", "Google gives an access token.");
            var pace = new RemotePace(Provider, mailbox.Id, options.BatchSize, clock);
            var calls = Calls(token, RemoteLimits.Default with { Patience = ConnectionTest.Limit }, pace);
            var (account, total) = await calls.GetAsync("profile", "profile", r => (GmailJson.Text(r, "emailAddress"), r.TryGetProperty("messagesTotal", out var count) && count.TryGetInt64(out var all) ? all : 0), cancel);
            if (!string.Equals(account, mailbox.Address, StringComparison.OrdinalIgnoreCase) && !mailbox.Settings.Aliases.Contains(account, StringComparer.OrdinalIgnoreCase))
            {
                steps.Fail("Mailbox", $"The sign-in is {account}'s, not {mailbox.Address}'s.", $"Sign in as {mailbox.Address}; if {account} is the same mailbox, add it to the other addresses.");
                return;
            }
            steps.Pass("Mailbox", $"It is {account}'s, with {total:N0} mails.");
            await using var client = new GmailMailbox(calls, pace, RemoteLimits.Default);
            foreach (var folder in mailbox.Settings.Folders)
            {
                if (await client.OpenAsync(folder, cancel) is { } open) steps.Pass("Label", $"{open.Name} has {open.Count ?? 0:N0} mails.");
                else steps.Fail("Label", $"There is no label {folder}.", "Name the labels to read as Gmail shows them, for example INBOX or Support/Web.");
            }
            if (mailbox.Settings is { AfterStored: AfterStored.Move, MoveTo: { } to } && await client.OpenAsync(to, cancel) is null) steps.Fail("Label", $"There is no label {to} to move stored mail to.", "Make it in Gmail, or choose another.");
        }
        catch (RemoteException failure)
        {
            steps.Fail(failure.Failure is RemoteFailure.SignedOut or RemoteFailure.Forbidden ? "Sign-in" : "Connection", failure.Message, failure.Failure == RemoteFailure.BreakerOpen ? "emailops provider breaker gmail auto" : null);
        }
    }
}
