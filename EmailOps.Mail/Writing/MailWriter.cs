using System.Globalization;

namespace EmailOps.Mail.Writing;

/// <summary>
/// Writes mails (RFC 5322, RFC 2045 to 2047, RFC 2231). The bytes are ASCII (but for local parts of addresses that are not, RFC 6532), in lines of at most 76
/// characters wherever the standards allow a line to be broken, and hold nothing that a server on the way has a reason to alter: signatures (DKIM) made over
/// them stay valid. Text that comes from outside cannot add a header field. The same mail always gives the same bytes.
/// </summary>
public static class MailWriter
{
    private const int LongestHeaderName = 50;

    // A subject's word that is longer is encoded so that it can be folded; other fields are often machine-read, and a line of 998 holds this.
    private const int LongestSubjectWord = 60, LongestHeaderWord = 900;

    private static readonly string[] Owned =
        ["From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Received", "Return-Path"];

    /// <summary>The mail in one piece of memory, with CR LF at its end.</summary>
    /// <exception cref="ArgumentException">Something in the mail cannot be written: an address, an identifier, a name of a field, a file's name or type.</exception>
    public static ReadOnlyMemory<byte> ToBytes(OutgoingMail mail)
    {
        var size = 8192L + (((mail.Text?.Length ?? 0) + (mail.Html?.Length ?? 0)) * 2L) + mail.Files.Sum(file => Base64Lines.Length(file.Content.Length) + 2048L);
        using var target = new MemoryStream(checked((int)size));
        Write(mail, target);
        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }

    /// <summary>Writes the mail in pieces; files are encoded as they are written.</summary>
    /// <exception cref="ArgumentException">As for <see cref="ToBytes"/>; nothing was written then.</exception>
    public static void Write(OutgoingMail mail, Stream target)
    {
        var header = new HeaderSection();
        WriteFields(mail, header);
        var root = Root(mail, Boundary.Stem(header.ToBytes(), mail));
        header.Field("MIME-Version", "1.0");
        root.WriteFields(header);
        target.Write(header.ToBytes());
        target.Write("\r\n"u8);
        root.WriteBody(target);
        // Text brings its own line end.
        if (root is not TextPart { EndsItself: true })
            target.Write("\r\n"u8);
    }

    private static void WriteFields(OutgoingMail mail, HeaderSection header)
    {
        if (mail.From.Count == 0)
            throw new ArgumentException("A mail is from somebody.");
        AddressFields.Write(header, "From", mail.From);
        AddressFields.Write(header, "Sender", mail.Sender is { } sender ? [sender] : []);
        AddressFields.Write(header, "To", mail.To);
        AddressFields.Write(header, "Cc", mail.Cc);
        AddressFields.Write(header, "Reply-To", mail.ReplyTo);
        header.Begin("Subject");
        HeaderWords.WriteText(header, HeaderWords.Clean(mail.Subject), LongestSubjectWord);
        header.End();
        header.Field("Date", mail.Date.ToString("ddd, dd MMM yyyy HH':'mm':'ss ", CultureInfo.InvariantCulture) + Offset(mail.Date.Offset));
        WriteIdentifiers(mail, header);
        foreach (var (name, value) in mail.Headers)
        {
            header.Begin(FieldName(name));
            HeaderWords.WriteText(header, string.Join(' ', HeaderWords.Clean(value).Split(' ', StringSplitOptions.RemoveEmptyEntries)), LongestHeaderWord);
            header.End();
        }
    }

    private static void WriteIdentifiers(OutgoingMail mail, HeaderSection header)
    {
        if (!ReferenceChain.IsOurs(mail.MessageId))
            throw new ArgumentException("A Message-ID is left@right in printable ASCII, without white space and brackets.");
        header.Field("Message-ID", $"<{mail.MessageId}>");
        if (mail.InReplyTo is { } answered && ReferenceChain.IsWritable(answered))
            header.Field("In-Reply-To", $"<{answered}>");
        var references = ReferenceChain.Trim(mail.References);
        if (references.Count == 0)
            return;
        header.Begin("References");
        foreach (var id in references)
            header.Token($"<{id}>");
        header.End();
    }

    private static MailPart Root(OutgoingMail mail, string stem)
    {
        var inline = mail.Html is null ? [] : mail.Files.Where(file => file.ContentId is not null).ToList();
        List<MailPart> bodies = mail.Text is { } text ? [new TextPart("plain", text)] : [];
        if (mail.Html is { } html)
        {
            var page = new TextPart("html", html);
            bodies.Add(inline.Count == 0 ? page : new Multipart("related", stem + "r", [page, .. inline.Select(file => new FilePart(file, isInline: true))]));
        }
        var body = bodies.Count switch
        {
            0 => new TextPart("plain", ""),
            1 => bodies[0],
            _ => new Multipart("alternative", stem + "a", bodies),
        };
        var files = mail.Files.Where(file => mail.Html is null || file.ContentId is null).ToList();
        return files.Count == 0 ? body : new Multipart("mixed", stem + "m", [body, .. files.Select(file => new FilePart(file, isInline: false))]);
    }

    private static string FieldName(string name)
    {
        var isName = name.Length is > 0 and <= LongestHeaderName && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);
        if (!isName || Owned.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"\"{HeaderWords.Clean(name)}\" is no field that can be added.");
        return name;
    }

    private static string Offset(TimeSpan offset) => string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}");
}
