using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Messages;
using EmailOps.Mail;
using EmailOps.Mail.Writing;

namespace EmailOps.Core.Delivery;

/// <summary>Writes the reply of an approved draft, once: what comes out is what every attempt gives to the server.</summary>
internal static class Composer
{
    public const string NoTransport = "Not sent: this mailbox has no transport yet. This is what would have been sent.";

    /// <param name="now">Its Date.</param>
    public static WrittenReply Compose(ReplyMarks marks, ReplyCase reply, DateTimeOffset now)
    {
        var row = new OutboundMessage
        {
            DraftId = reply.DraftId,
            MessageId = reply.MessageId,
            MailboxId = reply.MailboxId,
            InternetMessageId = marks.InternetMessageId(reply.DraftId, reply.MailboxAddress),
            Recipient = ReplyRecipient.Of(reply.From, reply.ReplyTo).ToLowerInvariant(),
            Subject = ReplyHeaders.Subject(reply.Subject),
            Body = reply.Body,
            IsAutomatic = reply.IsAutomatic,
            State = OutboundState.Withheld,
            Detail = NoTransport,
        };
        if (!reply.Settings.Sends()) return new WrittenReply(row, reply.DraftVersion, reply.From, null, false, TimeSpan.Zero);
        if (Refusal(reply, row.Recipient) is { } refusal) return Refused(row, reply, refusal);
        try
        {
            var raw = MailWriter.ToBytes(Mail(marks, reply, row, now));
            var hold = reply.IsAutomatic ? TimeSpan.FromSeconds(reply.Settings.HoldSeconds) : TimeSpan.Zero;
            (row.State, row.Detail) = (hold > TimeSpan.Zero ? OutboundState.Held : OutboundState.Queued, null);
            return new WrittenReply(row, reply.DraftVersion, reply.From, raw, reply.Settings.KeepsCopies(), hold);
        }
        catch (ArgumentException unwritable)
        {
            return Refused(row, reply, $"It cannot be written as a mail: {unwritable.Message}");
        }
    }

    private static string? Refusal(ReplyCase reply, string recipient) => ReplyRecipient.Problem(recipient)
        ?? (reply.OwnAddresses.Contains(recipient, StringComparer.OrdinalIgnoreCase) ? $"{recipient} is a mailbox of ours: the reply would come back to us." : null);

    private static WrittenReply Refused(OutboundMessage row, ReplyCase reply, string why)
    {
        (row.State, row.Detail) = (OutboundState.Failed, $"Nothing was sent. {why} Undo, and answer in another way.");
        return new WrittenReply(row, reply.DraftVersion, reply.From, null, false, TimeSpan.Zero);
    }

    private static OutgoingMail Mail(ReplyMarks marks, ReplyCase reply, OutboundMessage row, DateTimeOffset now)
    {
        var answered = MailMessage.Parse(reply.Head);
        return new OutgoingMail
        {
            From = [new Address(reply.MailboxName, reply.MailboxAddress)],
            To = [new Address("", row.Recipient)],
            ReplyTo = reply.Settings.PlusAddressing && marks.PlusAddress(reply.ThreadId, reply.MailboxAddress) is { } tagged ? [new Address(reply.MailboxName, tagged)] : [],
            Subject = row.Subject,
            Date = now,
            MessageId = row.InternetMessageId,
            InReplyTo = answered.MessageId,
            References = ReferenceChain.After(answered.References, answered.InReplyTo, answered.MessageId),
            Headers = row.IsAutomatic ? OutgoingMail.AutomaticReplyHeaders : [],
            Text = row.Body,
            Html = HtmlFromText.Convert(row.Body),
        };
    }
}
