using EmailOps.Mail;
using EmailOps.Mail.Automated;
using EmailOps.Mail.Replies;

namespace EmailOps.Benchmarks.Fuzz;

/// <summary>Everything that is ever read from a mail: all fields, parts, texts, attachments, the reply in it, what kind of mail it is.</summary>
internal static class Reading
{
    /// <summary>Returns a number that depends on all of it, so that nothing is left out.</summary>
    public static long All(byte[] raw)
    {
        var message = MailMessage.Parse(raw);
        return Message(message) + ReplyParser.Parse(message).NewText.Length + (message.HtmlBody is { } html ? ReplyParser.ParseHtml(html).NewText.Length : 0) +
            AutomatedMail.Classify(message).Reason.Length;
    }

    private static long Message(MailMessage message)
    {
        long sum = message.Subject.Length + (message.Date?.Second ?? 0) + (message.ReceivedDate?.Second ?? 0) + (message.MessageId?.Length ?? 0) +
            message.VisibleText.Length + message.HiddenText.Length + message.InReplyTo.Count + message.References.Count + message.Defects.Count;
        foreach (var list in new[] { message.From, message.To, message.Cc, message.Bcc, message.ReplyTo, message.Sender })
        {
            foreach (var address in list)
                sum += address.Domain.Length + address.ToString().Length;
        }
        foreach (var header in message.Headers)
            sum += header.Name.Length + header.Value.Length;
        foreach (var attachment in message.Attachments)
            sum += attachment.Size + attachment.Sha256.Length + (attachment.FileName?.Length ?? 0) + (attachment.ContentId?.Length ?? 0);
        return sum + Part(message.Root);
    }

    private static long Part(MimePart part)
    {
        long sum = part.FileName?.Length ?? 0;
        foreach (var child in part.Children)
            sum += Part(child);
        // What is inside is read there: the text of every level around it would be the same bytes again.
        if (part.Message is { } inner)
            return sum + Message(inner);
        return part.Children.Count > 0 ? sum : sum + part.DecodeText().Length + (part.DecodeText("koi8-r")?.Length ?? 0);
    }
}
