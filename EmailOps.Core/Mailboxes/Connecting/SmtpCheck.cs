using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Everything sending needs, up to the sign-in; no mail is begun.</summary>
internal sealed class SmtpCheck(OpenedMailbox mailbox, MailServerSettings settings, TimeProvider clock)
{
    /// <summary>Replies with a few attachments; smaller limits surprise people.</summary>
    private const long SmallBytes = 10_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private static readonly SmtpOptions Options = new() { Greeting = Patience, Command = Patience };

    public StepList Steps { get; } = new("SMTP", clock);

    public async Task RunAsync(CancellationToken cancel)
    {
        var check = new ServerCheck(Steps, settings, mailbox.Address);
        if (!await check.ReachAsync(cancel)) return;
        SmtpCapabilities can;
        try
        {
            await using var client = await SmtpClient.ConnectAsync(check.Server, null, Options, null, clock, cancel);
            check.Protected(client.Connection);
            can = client.Capabilities;
            Steps.Pass("Greeting", can.Names.Count == 0 ? "The server greets as SMTP servers do, and offers nothing beyond." : $"The server offers {string.Join(", ", can.Names.Take(12))}.");
            await client.QuitAsync(cancel);
        }
        catch (MailConnectionException failure)
        {
            await check.GreetingFailedAsync(failure, cancel);
            return;
        }
        if (await SignInAsync(check, can, cancel)) Size(can);
    }

    private async Task<bool> SignInAsync(ServerCheck check, SmtpCapabilities can, CancellationToken cancel)
    {
        if (settings.Authentication == MailAuthentication.None)
        {
            Steps.Pass("Sign-in", "None is asked for: the server takes mail from this machine's address.");
            return true;
        }
        if (string.IsNullOrEmpty(mailbox.SmtpSecret) || mailbox.Credentials(settings, mailbox.SmtpSecret) is not { } credentials)
        {
            Steps.Fail("Sign-in", $"There is no {(settings.Authentication == MailAuthentication.OAuth2 ? "access token" : "password")} to try.", MailboxSecrets.EnterIt);
            return false;
        }
        if (can.Mechanisms.Count == 0)
        {
            Steps.Fail("Sign-in", "The server offers no sign-in (AUTH) on this port.", settings.Security == MailSecurity.None
                ? "Most servers offer it once the connection is protected: choose STARTTLS with port 587, or TLS with 465."
                : $"Port {settings.Port} may be for servers among themselves: use 587 with STARTTLS or 465 with TLS. If this is a relay that trusts this machine, choose no sign-in.");
            return false;
        }
        try
        {
            await using var client = await SmtpClient.ConnectAsync(check.Server, credentials, Options, null, clock, cancel);
            Steps.Pass("Sign-in", $"Signed in as {credentials.User}.");
            await client.QuitAsync(cancel);
            return true;
        }
        catch (MailConnectionException failure)
        {
            check.SignInFailed(failure);
            return false;
        }
    }

    private void Size(SmtpCapabilities can) => Steps.Pass("Size", can.MaxSize switch
    {
        null => "The server states no limit for the size of a mail.",
        < SmallBytes and var small => $"Mails of up to {small / 1e6:0.#} MB are taken, which is little: replies with attachments may be refused.",
        var most => $"Mails of up to {most / 1e6:0} MB are taken.",
    });
}
