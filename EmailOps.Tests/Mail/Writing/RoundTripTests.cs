using System.Security.Cryptography;
using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Writing;

namespace EmailOps.Tests.Mail.Writing;

/// <summary>What the writer writes is what the reader reads, and nothing on the way has a reason to alter it.</summary>
public class RoundTripTests
{
    private const int Mails = 2000;

    [Fact]
    public void What_is_written_is_read_back()
    {
        for (var seed = 0; seed < Mails; seed++)
        {
            var mail = new Samples(seed).Mail();
            var read = MailMessage.Parse(MailWriter.ToBytes(mail));
            Assert.Equal(Seen(mail), Read(read));
            Assert.Equal((seed, ""), (seed, string.Join(' ', read.Defects.Select(defect => defect.Kind))));
        }
    }

    [Fact]
    public void No_line_is_longer_than_it_must_be_and_nothing_needs_mending_on_the_way()
    {
        for (var seed = 0; seed < Mails; seed++)
        {
            var bytes = MailWriter.ToBytes(new Samples(seed).Mail()).ToArray();
            Assert.True(Ascii.IsValid(bytes));
            var text = Encoding.ASCII.GetString(bytes);
            Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', text);
            var lines = text.Split("\r\n");
            var body = Array.IndexOf(lines, "");
            Assert.All(lines, line =>
            {
                Assert.DoesNotContain('\r', line);
                Assert.DoesNotContain('\n', line);
                Assert.True(line.Length <= 76 || !line.TrimStart().Contains(' ', StringComparison.Ordinal) || line.Split(' ').Any(word => word.Length > 60), $"seed {seed}: {line}");
                Assert.True(line.Length <= 998);
            });
            Assert.All(lines[body..], line => Assert.False(
                line.StartsWith("From ", StringComparison.Ordinal) || line.StartsWith('.') || line.EndsWith(' ') || line.EndsWith('\t'), $"seed {seed}: {line}"));
        }
    }

    [Fact]
    public void The_same_mail_gives_the_same_bytes_and_another_one_other_boundaries()
    {
        var mail = new Samples(7).Mail() with { Text = "a", Html = "<p>a</p>" };
        Assert.Equal(MailWriter.ToBytes(mail).ToArray(), MailWriter.ToBytes(mail with { }).ToArray());
        Assert.NotEqual(Boundary(mail), Boundary(mail with { Text = "b" }));
    }

    [Fact]
    public void A_file_of_10_MB_comes_back_whole_through_a_stream()
    {
        var content = new byte[10 * 1024 * 1024 + 1];
        new Random(1).NextBytes(content);
        var mail = Plain("with file") with { Files = [new OutgoingFile("Größe.pdf", "application/pdf", content)] };
        var stream = new MemoryStream();
        MailWriter.Write(mail, stream);
        Assert.Equal(MailWriter.ToBytes(mail).ToArray(), stream.ToArray());
        var file = Assert.Single(MailMessage.Parse(stream.ToArray()).Attachments);
        Assert.Equal(("Größe.pdf", "application/pdf", content.Length), (file.FileName, file.ContentType, (int)file.Size));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Sha256);
    }

    [Fact]
    public void A_mail_is_enclosed_as_it_is_even_when_it_was_written_by_us_with_the_same_words()
    {
        var inner = MailWriter.ToBytes(Plain("inner") with { Html = "<p>inner</p>" });
        var outer = Plain("outer") with { Html = "<p>outer</p>", Files = [new OutgoingFile("mail.eml", "message/rfc822", inner)] };
        var read = MailMessage.Parse(MailWriter.ToBytes(outer));
        var enclosed = Assert.Single(read.Attachments).Part!.Message!;
        Assert.Equal(("outer\n", "inner\n", "inner"), (read.TextBody, enclosed.TextBody, enclosed.Subject));
    }

    [Fact]
    public void A_mail_with_long_lines_is_enclosed_as_a_file()
    {
        var inner = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + new string('x', 2000) + "\r\n");
        var file = Assert.Single(MailMessage.Parse(MailWriter.ToBytes(Plain("outer") with { Files = [new OutgoingFile("mail.eml", "message/rfc822", inner)] })).Attachments);
        Assert.Equal(("mail.eml", "application/octet-stream"), (file.FileName, file.ContentType));
        Assert.Equal(inner, file.Content.ToArray());
    }

    [Theory]
    [InlineData("ordinary words\n", "7bit")]
    [InlineData("a very long line that goes on and on and on and on and on and on and on and on\n", "quoted-printable")]
    [InlineData("-- \nsignature\n", "quoted-printable")]
    [InlineData("From me\n", "quoted-printable")]
    [InlineData("a dot alone:\n.\n", "quoted-printable")]
    [InlineData("--=_b\n", "quoted-printable")]
    [InlineData("Viele Grüße aus Köln, Ihr Team vom Laden\n", "quoted-printable")]
    [InlineData("您的订单已发货\n", "base64")]
    public void The_encoding_is_the_smallest_that_travels_safely(string text, string encoding)
    {
        var read = MailMessage.Parse(MailWriter.ToBytes(Plain("x") with { Text = text }));
        Assert.Equal((encoding, text), (read.Headers["Content-Transfer-Encoding"], read.TextBody));
    }

    internal static OutgoingMail Plain(string text) => new()
    {
        From = [new Address("Shop", "shop@shop.example")],
        To = [new Address(null, "kim@customer.example")],
        Subject = text,
        Date = new DateTimeOffset(2026, 11, 21, 14, 0, 0, TimeSpan.FromHours(1)),
        MessageId = "1@shop.example",
        Text = text,
    };

    private static string Boundary(OutgoingMail mail) => MailMessage.Parse(MailWriter.ToBytes(mail)).Root.ContentType.Parameters["boundary"]!;

    internal static string Seen(OutgoingMail mail)
    {
        var inline = mail.Html is null ? [] : mail.Files.Where(file => file.ContentId is not null);
        var files = inline.Concat(mail.Files.Where(file => mail.Html is null || file.ContentId is null));
        var references = mail.References.Distinct().ToList();
        if (references.Count > ReferenceChain.MaxKept)
            references.RemoveRange(1, references.Count - ReferenceChain.MaxKept);
        return string.Join('\n', [
            "From: " + List(mail.From), "Sender: " + List(mail.Sender is { } sender ? [sender] : []), "To: " + List(mail.To), "Cc: " + List(mail.Cc), "Reply-To: " + List(mail.ReplyTo),
            "Subject: " + Samples.SeenLine(mail.Subject), $"Date: {mail.Date:O}", "Id: " + mail.MessageId, "Answers: " + mail.InReplyTo, "References: " + string.Join(' ', references),
            .. mail.Headers.Select(header => $"{header.Key}: {string.Join(' ', Samples.SeenLine(header.Value).Split(' ', StringSplitOptions.RemoveEmptyEntries))}"),
            "Text: " + (mail.Text is null ? mail.Html is null ? "" : null : Samples.Seen(mail.Text)), "Html: " + (mail.Html is null ? null : Samples.Seen(mail.Html)),
            .. files.Select(file => $"File: {Samples.SeenLine(file.Name)}|{file.ContentType}|{file.ContentId}|{Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))}"),
        ]);

        static string List(IEnumerable<Address> list) => string.Join("; ", list.Select(address => $"{Name(address.Name)}|{AddrSpec.Normalise(address.Addr)}"));
    }

    private static string? Name(string? name)
    {
        var seen = Samples.SeenLine(name ?? "");
        while (seen.Length > 1 && seen[0] == '"' && seen[^1] == '"')
            seen = seen[1..^1].Trim();
        return seen.Length == 0 ? null : seen;
    }

    private static string Read(MailMessage mail)
    {
        string[] own = ["Auto-Submitted", "X-Auto-Response-Suppress", "X-Note", "X-Long"];
        return string.Join('\n', [
            "From: " + List(mail.From), "Sender: " + List(mail.Sender), "To: " + List(mail.To), "Cc: " + List(mail.Cc), "Reply-To: " + List(mail.ReplyTo),
            "Subject: " + mail.Subject, $"Date: {mail.Date:O}", "Id: " + mail.MessageId, "Answers: " + string.Join(' ', mail.InReplyTo), "References: " + string.Join(' ', mail.References),
            .. mail.Headers.Where(header => own.Contains(header.Name)).Select(header => $"{header.Name}: {header.Value}"),
            "Text: " + mail.TextBody, "Html: " + mail.HtmlBody,
            .. mail.Attachments.Select(file => $"File: {file.FileName}|{file.ContentType}|{file.ContentId}|{file.Sha256}"),
        ]);

        static string List(IEnumerable<Address> list) => string.Join("; ", list.Select(address => $"{address.Name}|{address.Addr}"));
    }
}
