using System.Globalization;
using System.Text;
using EmailOps.Core.Messages;
using EmailOps.Mail;
using EmailOps.Mail.Replies;

namespace EmailOps.Api.Messages;

/// <summary>What only the raw bytes tell: quoted history, HTML, attachments, defects. Read when a page asks, never stored twice.</summary>
internal sealed record MessageContent(string QuotedText, bool HasHtml, IReadOnlyList<string> Defects)
{
    private const int MaxDefects = 50;
    /// <summary>Characters of quoted history on one page; the raw mail has the rest.</summary>
    private const int MaxQuoted = 200_000;
    private const int MaxFileName = 150;

    public static MessageContent Read(RawMail raw, bool isUnparsable)
    {
        var message = MailMessage.Parse(raw.Bytes);
        var defects = message.Defects.Select(d => d.Sentence).Distinct().Take(MaxDefects).ToList();
        if (raw.IsHead) defects.Insert(0, $"Only the first {raw.Bytes.Length:N0} of {raw.SizeBytes:N0} bytes were kept: the mail is over the limit Intake:MaxMessageBytes.");
        return isUnparsable && !raw.IsHead
            ? new MessageContent("", false, defects)
            : new MessageContent(StoredText.Cut(ReplyParser.Parse(message).QuotedText, MaxQuoted), message.HtmlBody is not null, defects);
    }

    /// <returns>The HTML body with cid: images inlined (RFC 2392); null when there is none. Hostile: only for a sandboxed frame.</returns>
    public static string? Html(byte[] raw)
    {
        var message = MailMessage.Parse(raw);
        if (message.HtmlBody is not { } html) return null;
        return InlineImages.Embed(html, message.Attachments);
    }

    public static (byte[] Bytes, string FileName)? Attachment(byte[] raw, int index)
    {
        var attachments = MailMessage.Parse(raw).Attachments;
        if (index < 0 || index >= attachments.Count) return null;
        return (attachments[index].Content.ToArray(), SafeName(attachments[index].FileName, index));
    }

    /// <summary>A name that is only a name: no folders, no control characters, no hidden file, no trick with direction marks.</summary>
    public static string SafeName(string? name, int index)
    {
        var last = (name ?? "").Replace('\\', '/').Split('/')[^1];
        var clean = string.Concat(last.EnumerateRunes().Where(IsHarmless).Select(r => r.ToString())).Trim(' ', '.');
        if (clean.Length > MaxFileName) clean = clean[(char.IsLowSurrogate(clean[^MaxFileName]) ? ^(MaxFileName - 1) : ^MaxFileName)..].Trim(' ', '.');
        return clean.Length is 0 ? $"attachment-{index}" : clean;
    }

    private static bool IsHarmless(Rune rune)
        => !Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            && !(rune.IsAscii && ":*?\"<>|".Contains((char)rune.Value, StringComparison.Ordinal));
}
