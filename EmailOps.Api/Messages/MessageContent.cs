using System.Text;
using EmailOps.Core.Messages;
using EmailOps.Mail;
using EmailOps.Mail.Replies;

namespace EmailOps.Api.Messages;

/// <summary>What only the raw bytes tell: quoted history, HTML, attachments, defects. Read when a page asks, never stored twice.</summary>
internal sealed record MessageContent(string QuotedText, bool HasHtml, IReadOnlyList<string> Defects)
{
    private const int MaxDefects = 50;
    /// <summary>Inline images of one page, in bytes; guards the browser against a mail of thousands of them.</summary>
    private const long MaxInlineBytes = 20L << 20;

    public static MessageContent Read(RawMail raw, bool isUnparsable)
    {
        var message = MailMessage.Parse(raw.Bytes);
        var defects = message.Defects.Select(d => d.Sentence).Distinct().Take(MaxDefects).ToList();
        if (raw.IsHead) defects.Insert(0, $"Only the first {raw.Bytes.Length:N0} of {raw.SizeBytes:N0} bytes were kept: the mail is over the limit Intake:MaxMessageBytes.");
        return isUnparsable && !raw.IsHead
            ? new MessageContent("", false, defects)
            : new MessageContent(ReplyParser.Parse(message).QuotedText, message.HtmlBody is not null, defects);
    }

    /// <returns>The HTML body with cid: images inlined (RFC 2392); null when there is none. Hostile: only for a sandboxed frame.</returns>
    public static string? Html(byte[] raw)
    {
        var message = MailMessage.Parse(raw);
        if (message.HtmlBody is not { } html) return null;
        if (!html.Contains("cid:", StringComparison.OrdinalIgnoreCase)) return html;
        var text = new StringBuilder(html);
        var left = MaxInlineBytes;
        foreach (var image in message.Attachments)
        {
            if (image.ContentId is not { Length: > 0 } id || !IsPicture(image.ContentType) || image.Size > left) continue;
            left -= image.Size;
            text.Replace($"cid:{id}", $"data:{image.ContentType};base64,{Convert.ToBase64String(image.Content.Span)}");
        }
        return text.ToString();
    }

    public static (byte[] Bytes, string FileName)? Attachment(byte[] raw, int index)
    {
        var attachments = MailMessage.Parse(raw).Attachments;
        if (index < 0 || index >= attachments.Count) return null;
        return (attachments[index].Content.ToArray(), SafeName(attachments[index].FileName, index));
    }

    /// <summary>SVG is not among them: it is a document that can do things.</summary>
    private static bool IsPicture(string type) => type is "image/png" or "image/jpeg" or "image/jpg" or "image/gif" or "image/webp" or "image/bmp";

    /// <summary>A name that is only a name: no folders, no control characters, no hidden file, no trick with direction marks.</summary>
    public static string SafeName(string? name, int index)
    {
        var last = (name ?? "").Replace('\\', '/').Split('/')[^1];
        var clean = string.Concat(last.EnumerateRunes().Where(r => !Rune.IsControl(r) && Rune.GetUnicodeCategory(r) != System.Globalization.UnicodeCategory.Format && !":*?\"<>|".Contains((char)r.Value, StringComparison.Ordinal)).Select(r => r.ToString()));
        clean = clean.Trim(' ', '.');
        return clean.Length is 0 ? $"attachment-{index}" : clean.Length > 150 ? clean[^150..] : clean;
    }
}
