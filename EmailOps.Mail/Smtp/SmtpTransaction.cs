using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>One mail over one connection, and how far it came.</summary>
internal sealed class SmtpTransaction
{
    // So few answers fit every receive buffer: neither side waits for the other to read (RFC 2920, section 3.1).
    private const int MaxAtOnce = 50;

    private readonly SmtpDialogue _dialogue;
    private readonly SmtpCapabilities _capabilities;
    private readonly ReadOnlyMemory<byte> _mail;
    private readonly TimeProvider _time;
    private readonly string _sender;
    private readonly string[] _addresses;
    private readonly SmtpRecipient[] _recipients;
    private readonly bool _needsUtf8;
    private readonly bool _needs8Bit;
    private SmtpStage _stage = SmtpStage.Start;

    public SmtpTransaction(SmtpDialogue dialogue, SmtpCapabilities capabilities, SmtpEnvelope envelope, ReadOnlyMemory<byte> mail, TimeProvider time)
    {
        (_dialogue, _capabilities, _mail, _time) = (dialogue, capabilities, mail, time);
        var normal = envelope.Normalised();
        (_sender, _addresses) = (normal.Sender, [.. normal.Recipients]);
        _recipients = [.. envelope.Recipients.Select(address => new SmtpRecipient(address, RecipientState.NotTried))];
        _needs8Bit = !Ascii.IsValid(mail.Span);
        _needsUtf8 = envelope.NeedsSmtpUtf8 || (_needs8Bit && !Ascii.IsValid(HeaderOf(mail.Span)));
    }

    /// <summary>Throws for nothing that server, connection or caller do.</summary>
    public async Task<SmtpResult> RunAsync(bool needsReset, CancellationToken cancel)
    {
        if (!_dialogue.IsUsable)
            return Result(SmtpOutcome.NotSent) with { Failure = new(ConnectionFailure.Closed, "The connection was closed before."), Explanation = "The connection was closed before." };
        if (Impossible() is { } refused)
            return refused;
        try
        {
            return await StepsAsync(needsReset, cancel);
        }
        catch (MailConnectionException failure)
        {
            return Broken(failure);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Broken(new MailConnectionException(ConnectionFailure.Closed, "Sending was cancelled."));
        }
    }

    /// <summary>What the server's own words rule out, before anything is said.</summary>
    private SmtpResult? Impossible()
    {
        if (_capabilities.MaxSize is { } most && _mail.Length > most)
            return Locally("5.3.4", $"The mail has {_mail.Length} bytes; the server takes at most {most}.");
        if (_needsUtf8 && !_capabilities.SmtpUtf8)
            return Locally("5.6.7", "An address is not ASCII; the server does not support that (SMTPUTF8).");
        return _needs8Bit && !_capabilities.EightBitMime ? Locally("5.6.3", "The mail holds 8-bit text; the server does not support that (8BITMIME).") : null;
    }

    private async Task<SmtpResult> StepsAsync(bool needsReset, CancellationToken cancel)
    {
        var options = _dialogue.Options;
        // A no to RSET says nothing about this mail.
        if (needsReset && await _dialogue.AskAsync("RSET", options.Command, cancel) is { IsPositive: false } unwilling)
            return unwilling.IsClosing ? Ended(unwilling) : throw _dialogue.Unexpected("RSET", unwilling);
        if (await EnvelopeAsync(cancel) is { } ended)
            return ended;
        _stage = SmtpStage.Data;
        var go = await _dialogue.AskAsync("DATA", options.Data, cancel);
        if (go.Code != 354)
            return go.IsTemporary || go.IsPermanent ? Ended(go) : throw _dialogue.Unexpected("DATA", go);
        _stage = SmtpStage.Content;
        return await ContentAsync(cancel);
    }

    /// <summary>MAIL and every RCPT, many at once where the server can (RFC 2920). DATA is never among them: its yes must not come for nobody.</summary>
    private async Task<SmtpResult?> EnvelopeAsync(CancellationToken cancel)
    {
        var atOnce = _capabilities.Pipelining ? MaxAtOnce : 1;
        for (var next = -1; next < _addresses.Length;)
        {
            var count = Math.Min(atOnce, _addresses.Length - next);
            for (var i = next; i < next + count; i++)
                _dialogue.Connection.WriteLine(i < 0 ? Mail() : $"RCPT TO:<{_addresses[i]}>");
            await _dialogue.Connection.FlushAsync(cancel);
            SmtpReply? refused = null;
            for (var i = next; i < next + count; i++)
            {
                _stage = i < 0 ? SmtpStage.Sender : SmtpStage.Recipients;
                var reply = await _dialogue.ReadAsync(i < 0 ? _dialogue.Options.Command : _dialogue.Options.Recipient, cancel);
                if (reply.IsClosing)
                    return Ended(reply);
                if (!reply.IsPositive && !reply.IsTemporary && !reply.IsPermanent)
                    throw _dialogue.Unexpected(i < 0 ? "MAIL" : "RCPT", reply);
                // Without a sender, what it says to recipients has no meaning.
                if (i < 0 && !reply.IsPositive)
                    refused = reply;
                else if (i >= 0 && refused is null)
                    _recipients[i] = _recipients[i] with { State = reply.IsPositive ? RecipientState.Accepted : reply.IsTemporary ? RecipientState.Deferred : RecipientState.Refused, Reply = reply };
            }
            if (refused is not null)
            {
                _stage = SmtpStage.Sender;
                return Ended(refused);
            }
            next += count;
        }
        return Array.Exists(_recipients, recipient => recipient.State == RecipientState.Accepted) ? null : NobodyAccepted();
    }

    private string Mail()
    {
        var command = new StringBuilder($"MAIL FROM:<{_sender}>");
        if (_capabilities.Size)
            command.Append(" SIZE=").Append(_mail.Length);
        if (_needs8Bit)
            command.Append(" BODY=8BITMIME");
        return command.Append(_needsUtf8 ? " SMTPUTF8" : "").ToString();
    }

    private async Task<SmtpResult> ContentAsync(CancellationToken cancel)
    {
        // Listening starts before the mail does: a server that gives up half way is heard then, and not taken for one that may have the mail.
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        var answer = _dialogue.ReadLinesAsync(patience.Token);
        try
        {
            await DotStuffing.SendAsync(_dialogue.Connection, _mail, () => answer.IsCompleted, cancel);
            if (answer.IsCompleted)
                return Early(SmtpDialogue.Join(await answer));
            cancel.ThrowIfCancellationRequested();
            _stage = SmtpStage.End;
            patience.CancelAfter(_dialogue.Options.FinalAnswer);
            using var sooner = cancel.UnsafeRegister(_ => patience.CancelAfter(_dialogue.Options.FinalAnswerAfterCancel), null);
            await _dialogue.Connection.SendContentAsync(DotStuffing.End, CancellationToken.None);
            var reply = SmtpDialogue.Join(await answer);
            return reply.IsPositive ? Accepted(reply) : reply.IsTemporary || reply.IsPermanent ? Ended(reply) : throw _dialogue.Unexpected("the mail", reply);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new MailConnectionException(ConnectionFailure.Timeout, cancel.IsCancellationRequested
                ? "Sending was cancelled while the server's answer was awaited."
                : $"{_dialogue.Connection.Server} did not answer within {_dialogue.Options.FinalAnswer.TotalSeconds:0.#} s.");
        }
        catch (MailConnectionException) when (!answer.IsFaulted)
        {
            // It broke while we wrote; the reason may stand in an answer that is on its way or waits to be read.
            patience.CancelAfter(_dialogue.Options.Quit);
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answer.IsCompletedSuccessfully && answer.Result[0].Code >= 400)
                return Early(SmtpDialogue.Join(answer.Result));
            throw;
        }
        finally
        {
            if (!answer.IsCompleted)
            {
                await _dialogue.Connection.DisposeAsync();
                _dialogue.GiveUp();
            }
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>An answer before the end of the mail. The rest is never sent, so nobody has the mail; the connection is in the middle of it and of no more use.</summary>
    private SmtpResult Early(SmtpReply reply)
    {
        _dialogue.GiveUp();
        return reply.IsTemporary || reply.IsPermanent ? Ended(reply) : throw _dialogue.Unexpected("half of the mail", reply);
    }

    private SmtpResult Accepted(SmtpReply reply) => Result(SmtpOutcome.Accepted) with { Reply = reply, Status = reply.Status, Explanation = $"The server took the mail: {reply}" };

    /// <summary>421 is about the connection, except as the answer to the mail.</summary>
    private SmtpResult Ended(SmtpReply reply) => Result(reply.IsClosing && _stage < SmtpStage.End ? SmtpOutcome.NotSent : SmtpOutcome.Refused) with
    {
        Reply = reply,
        Status = reply.Status,
        // Wants sign-in, or a better one: that is mended in the settings, and the mail is as good as ever.
        IsPermanent = reply.IsPermanent && reply.Code is not (530 or 534 or 535 or 538),
        Explanation = $"The server {(reply.IsTemporary ? "refused for now" : "refused")}: {reply}",
    };

    private SmtpResult NobodyAccepted()
    {
        var first = Array.Find(_recipients, recipient => recipient.State == RecipientState.Deferred) ?? _recipients[0];
        return Ended(first.Reply!) with { Explanation = _recipients.Length == 1 ? $"The server did not take {first.Address}: {first.Reply}" : $"The server took none of {_recipients.Length} recipients, for example {first.Address}: {first.Reply}" };
    }

    private SmtpResult Broken(MailConnectionException failure)
    {
        _dialogue.GiveUp();
        var outcome = _stage < SmtpStage.End ? SmtpOutcome.NotSent : SmtpOutcome.Unknown;
        return Result(outcome) with { Failure = failure, Explanation = outcome == SmtpOutcome.Unknown ? $"{failure.Message} The server may have taken the mail." : failure.Message };
    }

    private SmtpResult Locally(string status, string why) => Result(SmtpOutcome.Refused) with { Status = status, IsPermanent = true, Explanation = why };

    private SmtpResult Result(SmtpOutcome outcome) => new(outcome, _stage, _recipients) { Explanation = "" };

    private static ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> mail) => mail.IndexOf("\r\n\r\n"u8) is >= 0 and var end ? mail[..end] : mail;
}
