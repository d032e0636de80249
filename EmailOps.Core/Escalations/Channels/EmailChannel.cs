using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;
using EmailOps.Mail.Writing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>Opens a mailbox with its secrets; null when there is none.</summary>
internal delegate Task<OpenedMailbox?> OpenMailbox(long id, CancellationToken cancel);

/// <summary>
/// By mail, from one of our mailboxes, under the rules of its outbox: handed over at most once, marked as written by a machine, never to a mailbox of ours.
/// The Message-ID is the same at every attempt.
/// </summary>
internal sealed class EmailChannel(OpenMailbox open, TimeProvider clock) : INotificationChannel
{
    private static readonly IReadOnlyList<KeyValuePair<string, string>> s_marks = [new("Auto-Submitted", "auto-generated"), new("X-Auto-Response-Suppress", "All")];
    private static readonly SmtpOptions s_options = SmtpOptions.Default with { Greeting = TimeSpan.FromSeconds(20), Command = TimeSpan.FromSeconds(20), Recipient = TimeSpan.FromSeconds(30), DataBlock = TimeSpan.FromSeconds(30) };

    public ChannelKind Kind => ChannelKind.Email;

    public bool DropsDoubles => false;

    public async Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel)
    {
        try
        {
            return await open(channel.Settings.FromMailbox ?? 0, cancel) is { Settings.Smtp: { } smtp } mailbox
                ? mailbox.IsEnabled ? await SendAsync(mailbox, smtp, channel, message, cancel) : new Told(ToldResult.Refused, $"The mailbox {mailbox.Address} is switched off, so nothing leaves from it.")
                : new Told(ToldResult.Refused, "The mailbox that this is sent from has no SMTP server. Choose another one, or set its server.");
        }
        catch (SecretsKeyException locked)
        {
            return new Told(ToldResult.Later, locked.Message);
        }
    }

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        var told = await TellAsync(channel, message, _ => Task.CompletedTask, cancel);
        return [new("delivery", told.Result == ToldResult.Told, told.Detail ?? $"The server took a mail to {channel.Settings.Recipients.Count} people.")];
    }

    private async Task<Told> SendAsync(OpenedMailbox mailbox, MailServerSettings smtp, OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        try
        {
            var raw = MailWriter.ToBytes(Mail(mailbox, channel, message, clock.GetUtcNow()));
            var client = await SmtpClient.ConnectAsync(smtp.Server(), mailbox.Credentials(smtp, mailbox.SmtpSecret), s_options, time: clock, cancel: cancel);
            await using (client)
            {
                var result = await client.SendAsync(new SmtpEnvelope(mailbox.Address, channel.Settings.Recipients), raw, cancel);
                if (result.Outcome == SmtpOutcome.Accepted) await client.QuitAsync(CancellationToken.None);
                return result switch
                {
                    { Outcome: SmtpOutcome.Accepted } => new Told(ToldResult.Told, External: message.Key),
                    { Outcome: SmtpOutcome.Unknown } => new Told(ToldResult.Unclear, result.Explanation),
                    { Outcome: SmtpOutcome.Refused, IsPermanent: true } => new Told(ToldResult.Refused, result.Explanation),
                    _ => new Told(ToldResult.Later, result.Explanation),
                };
            }
        }
        catch (MailConnectionException failure)
        {
            return new Told(ToldResult.Later, failure.Message);
        }
        catch (ArgumentException unwritable)
        {
            return new Told(ToldResult.Refused, $"It cannot be written as a mail: {unwritable.Message}");
        }
    }

    private static OutgoingMail Mail(OpenedMailbox mailbox, OpenedChannel channel, ChannelMessage message, DateTimeOffset now) => new()
    {
        From = [new Address(mailbox.Name, mailbox.Address)],
        To = [.. channel.Settings.Recipients.Select(r => new Address("", r))],
        Subject = message.Title,
        Date = now,
        MessageId = $"{message.Key}@{mailbox.Address[(mailbox.Address.LastIndexOf('@') + 1)..]}",
        Headers = s_marks,
        Text = Text(message),
    };

    private static string Text(ChannelMessage m)
    {
        List<string?> lines =
        [
            m.Status, "", m.From.Length > 0 ? $"From: {m.From}" : null, m.Mailbox.Length > 0 ? $"To: {m.Mailbox}" : null, m.Subject.Length > 0 ? $"Subject: {m.Subject}" : null, m.Summary.Length > 0 ? $"\n{m.Summary}" : null,
            m.Reasons.Count > 0 ? "\nWhy:" : null, .. m.Reasons.Select(r => $"- {r}"), "", m.MessageLink is { } open ? $"Open the message: {open}" : null,
            m is { State: EscalationState.Open, ClaimLink: { } claim, IsTest: false } ? $"Take it on: {claim}" : null, m.State != EscalationState.Resolved && m is { ResolveLink: { } resolve, IsTest: false } ? $"Settled: {resolve}" : null,
        ];
        return new StringBuilder().AppendJoin('\n', lines.OfType<string>()).AppendLine().ToString();
    }
}
