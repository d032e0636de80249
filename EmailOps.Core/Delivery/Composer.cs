using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Delivery;

/// <summary>Makes the outbox row of an approved draft.</summary>
internal static class Composer
{
    public const string NoTransport = "Not sent: this mailbox has no transport yet. This is what would have been sent.";

    /// <param name="replyTo">Reply-To of the message answered; its From when empty (RFC 5322, 3.6.2).</param>
    public static OutboundMessage Compose(ReplyMarks marks, long draftId, long messageId, long mailboxId, string mailboxAddress, string body, string subject, string from, IReadOnlyList<Correspondent> replyTo) => new()
    {
        DraftId = draftId,
        MessageId = messageId,
        MailboxId = mailboxId,
        InternetMessageId = marks.InternetMessageId(draftId, mailboxAddress),
        Recipient = replyTo.Count > 0 && replyTo[0].Address.Length > 0 ? replyTo[0].Address : from,
        Subject = ReplyHeaders.Subject(subject),
        Body = body,
        State = OutboundState.Withheld,
        Detail = NoTransport,
    };
}
