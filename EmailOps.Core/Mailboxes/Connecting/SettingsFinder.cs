using EmailOps.Core.Contracts;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Guesses a mailbox's servers from its address: from what is known of providers, else by trying the names that servers usually have.</summary>
internal sealed class SettingsFinder(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);

    public async Task<FoundSettings> FindAsync(string address, CancellationToken cancel)
    {
        if (MailProvider.OfAddress(address) is { } provider)
            return new FoundSettings(provider.Imap, provider.Smtp, !provider.SavesSent, provider.Name, provider.SignIn);
        var domain = MailboxAddress.Domain(MailboxAddress.Normal(address));
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var imap = FirstAsync([.. Names("imap", domain).SelectMany(h => (MailServerSettings[])[new(h, WellKnownPorts.Imaps, MailSecurity.Tls), new(h, WellKnownPorts.Imap, MailSecurity.StartTls)])], ImapAsync, both.Token);
        var smtp = FirstAsync([.. Names("smtp", domain).SelectMany(h => (MailServerSettings[])[new(h, WellKnownPorts.Submissions, MailSecurity.Tls), new(h, WellKnownPorts.Submission, MailSecurity.StartTls)])], SmtpAsync, both.Token);
        await Task.WhenAll(imap, smtp);
        cancel.ThrowIfCancellationRequested();
        var hoster = (await imap ?? await smtp) is { } found ? MailProvider.OfHost(found.Host) : null;
        var note = (await imap, await smtp) switch
        {
            (null, null) => $"No mail server answers at imap., mail., smtp.{domain} or {domain}. Look up the servers' names at your provider (\"IMAP settings\") and enter them under More. For Google Workspace they are imap.gmail.com and smtp.gmail.com, for Microsoft 365 outlook.office365.com and smtp.office365.com.",
            (null, _) => "A server for sending was found, none for reading. Enter the IMAP server under More.",
            (_, null) => "A server for reading was found, none for sending. Enter the SMTP server under More; without it nothing is sent.",
            _ => hoster?.SignIn,
        };
        return new FoundSettings(await imap, await smtp, hoster is not { SavesSent: true }, hoster?.Name, note);
    }

    private static string[] Names(string first, string domain) => [$"{first}.{domain}", $"mail.{domain}", domain];

    /// <summary>The first of the list that answers as it should; all are asked at once, so a dead one costs no time of the others.</summary>
    private static async Task<MailServerSettings?> FirstAsync(IReadOnlyList<MailServerSettings> candidates, Func<MailServerSettings, CancellationToken, Task> tryOne, CancellationToken cancel)
    {
        var tries = candidates.Select(async candidate =>
        {
            try
            {
                await tryOne(candidate, cancel);
                return true;
            }
            catch (MailConnectionException failure)
            {
                // It speaks TLS there; what is wrong with the certificate the test will explain.
                return failure.Kind == ConnectionFailure.Certificate;
            }
            catch (Exception failure) when (failure is ImapCommandException or OperationCanceledException)
            {
                return false;
            }
        }).ToList();
        for (var i = 0; i < tries.Count; i++)
            if (await tries[i]) return candidates[i];
        return null;
    }

    private async Task ImapAsync(MailServerSettings server, CancellationToken cancel)
    {
        var limits = ServerCheck.Limits with { Connect = Patience, Handshake = Patience, Read = Patience };
        await using var client = await ImapClient.ConnectAsync(server.Server(), null, limits, null, clock, cancel);
    }

    private async Task SmtpAsync(MailServerSettings server, CancellationToken cancel)
    {
        await using var client = await SmtpClient.ConnectAsync(server.Server(), null, new SmtpOptions { Greeting = Patience, Command = Patience }, null, clock, cancel);
    }
}
