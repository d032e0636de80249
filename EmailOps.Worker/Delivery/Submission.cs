using EmailOps.Core.Delivery;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// A mailbox's submission server, for a batch: one connection, opened when the first reply needs it and used for all. A server that cannot be reached is
/// tried once a batch, so that a wrong password is not tried two hundred times.
/// </summary>
internal sealed class Submission(OpenedMailbox? mailbox, string? problem, TimeProvider clock) : IOutgoing
{
    private static readonly SmtpOptions s_options = SmtpOptions.Default with { Greeting = TimeSpan.FromMinutes(1), Command = TimeSpan.FromMinutes(1), Recipient = TimeSpan.FromMinutes(2), DataBlock = TimeSpan.FromMinutes(1) };

    private SmtpClient? _client;
    private SendOutcome? _down = problem is null ? null : new SendOutcome(SendResult.NotNow, null, problem);

    public async Task<SendOutcome> SendAsync(Departure reply, CancellationToken stopping)
    {
        if (_down is { } down) return down;
        if (mailbox?.Settings.Smtp is not { } smtp) return new SendOutcome(SendResult.NotNow, null, "The mailbox has no SMTP server any more.");
        for (var fresh = _client is not { IsUsable: true }; ; fresh = true)
        {
            if (fresh && await ConnectAsync(smtp, stopping) is { } failed) return failed;
            try
            {
                var result = await _client!.SendAsync(new SmtpEnvelope(mailbox.Address, [reply.Recipient]), reply.Raw, stopping);
                // A connection that stood idle may be dead without our knowing; that says nothing about the server.
                if (!fresh && result is { Outcome: SmtpOutcome.NotSent, Stage: SmtpStage.Start or SmtpStage.Sender } && !stopping.IsCancellationRequested) continue;
                return Of(result);
            }
            catch (ArgumentException unsendable)
            {
                return new SendOutcome(SendResult.Refused, null, $"Nothing was sent. {unsendable.Message} Undo, and answer in another way.");
            }
        }
    }

    private async Task<SendOutcome?> ConnectAsync(Core.Contracts.MailServerSettings smtp, CancellationToken stopping)
    {
        await CloseAsync();
        try
        {
            _client = await SmtpClient.ConnectAsync(smtp.Server(), mailbox!.Credentials(smtp, mailbox!.SmtpSecret), s_options, time: clock, cancel: stopping);
            return null;
        }
        catch (MailConnectionException failure)
        {
            return _down = new SendOutcome(SendResult.NotNow, null, $"{failure.Message} It is tried again by itself; if this stays so, look at the mailbox's settings.");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return _down = new SendOutcome(SendResult.NotNow, null, "EmailOps was stopped before it left.");
        }
    }

    private static SendOutcome Of(SmtpResult result) => result switch
    {
        { Outcome: SmtpOutcome.Accepted } => new(SendResult.Accepted, result.Reply?.ToString(), result.Explanation),
        { Outcome: SmtpOutcome.Unknown } => new(SendResult.Unclear, result.Reply?.ToString(), result.Explanation),
        { Outcome: SmtpOutcome.Refused, IsPermanent: true } => new(SendResult.Refused, result.Reply?.ToString(), $"{result.Explanation} It was not sent. Undo to change it, or send it again once the cause is mended."),
        _ => new(SendResult.NotNow, result.Reply?.ToString(), $"{result.Explanation} It is tried again by itself."),
    };

    private async ValueTask CloseAsync()
    {
        if (_client is { } client) await client.QuitAsync();
        _client = null;
    }

    public ValueTask DisposeAsync() => CloseAsync();
}
