using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>Asks a message for everything it can tell, nested messages too.</summary>
internal static class ReadAll
{
    public static void Of(MailMessage message)
    {
        _ = (message.Subject, message.Date, message.MessageId, message.VisibleText, message.TextBody, message.HtmlBody, message.HiddenText);
        foreach (var list in new[] { message.From, message.To, message.Cc, message.Bcc, message.ReplyTo, message.Sender })
        {
            foreach (var address in list)
                _ = (address.Domain, address.ToString());
        }
        foreach (var header in message.Headers)
            _ = (header.Name, header.Value, header.RawValue);
        _ = (message.InReplyTo.Count, message.References.Count, message.Defects.Count);
        Part(message.Root);
        foreach (var attachment in message.Attachments)
        {
            _ = (attachment.FileName, attachment.ContentType, attachment.Size, attachment.Sha256, attachment.ContentId, attachment.IsInline);
            Assert.Equal(attachment.Size, attachment.Content.Length);
        }
    }

    private static void Part(MimePart part)
    {
        _ = (part.ContentDisposition?.FileName, part.ContentId, part.FileName, part.DecodeText());
        foreach (var child in part.Children)
            Part(child);
        if (part.Message is { } message)
            Of(message);
    }
}
