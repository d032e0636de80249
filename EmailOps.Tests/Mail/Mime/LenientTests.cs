using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>Broken structure and content as the field has it, and what a reader of mail makes of it.</summary>
public class LenientTests
{
    [Theory]
    [InlineData("\n", "a,b\r\nc,d\r\n")]
    [InlineData("\nContent-Transfer-Encoding: 7bit\n", "a,b\r\nc,d\r\n")]
    [InlineData("\nContent-Transfer-Encoding: quoted-printable\n", "a,=62\r\nc,d\r\n")]
    public void A_file_of_lines_has_one_digest_whatever_ends_its_lines_on_the_way(string header, string content)
    {
        const string Lf = "a,b\nc,d\n";
        var crlf = Assert.Single(Files(header, content));
        Assert.Equal(Lf, System.Text.Encoding.Latin1.GetString(crlf.Content.Span));
        Assert.Equal(Lf.Length, crlf.Size);
        var bytes = MailText.Bytes(Mail(header, content)).Where(b => b != '\r').ToArray();
        Assert.Equal(crlf.Sha256, Assert.Single(MailMessage.Parse(bytes).Attachments).Sha256);
        using var copy = new MemoryStream();
        crlf.CopyTo(copy);
        Assert.Equal(crlf.Content.ToArray(), copy.ToArray());
    }

    [Theory]
    [InlineData("\nContent-Transfer-Encoding: 8bit\n", "plain\r\n")]
    [InlineData("\nContent-Transfer-Encoding: binary\n", "plain\r\n")]
    [InlineData("\n", "b\u00FFnary\r\n")]
    public void Content_that_may_be_anything_is_kept_to_the_byte(string header, string content) =>
        Assert.Equal(content, System.Text.Encoding.Latin1.GetString(Assert.Single(Files(header, content)).Content.Span));

    [Fact]
    public void A_message_marked_inline_is_shown_with_its_fields_and_stays_an_attachment()
    {
        var message = MailText.Parse("Subject: fw\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n" +
            "From: c@d.example\nSubject: inner\n\ninner words\n--b--\n");
        Assert.Equal("see below\n\nFrom: c@d.example\nSubject: inner\n\ninner words", message.VisibleText);
        Assert.Equal("see below", message.TextBody);
        Assert.NotNull(Assert.Single(message.Attachments).Part!.Message);
    }

    [Fact]
    public void A_message_that_is_only_attached_is_not_shown() =>
        Assert.Equal("hi", MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nsecret\n--b--\n").VisibleText);

    [Theory]
    [InlineData("base64", "U3ViamVjdDogaW5uZXIKCmlubmVyIGJvZHkK")]
    [InlineData("quoted-printable", "Subject: inn=65r\n\ninner body")]
    public void An_encoded_message_inside_is_opened_although_it_must_not_be_encoded(string encoding, string body)
    {
        var message = MailText.Parse($"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--b--\n");
        var inner = Assert.Single(message.Attachments);
        Assert.Equal("inner.eml", inner.FileName);
        Assert.Equal("inner body", inner.Part!.Message!.VisibleText.Trim());
    }

    [Fact]
    public void A_boundary_that_never_comes_is_replaced_by_what_looks_like_one()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed; boundary=named\n\n--other\nContent-Type: text/plain\n\none\n--other\nContent-Type: application/pdf; name=a.pdf\n\ntwo\n--other--\n");
        Assert.Equal("one", message.VisibleText);
        Assert.Equal("a.pdf", Assert.Single(message.Attachments).FileName);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.BoundaryNotFound);
    }

    [Fact]
    public void White_space_at_the_end_of_a_boundary_does_not_count() =>
        Assert.Equal("one", MailText.Parse("Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\none\n--b--\n").VisibleText);

    [Fact]
    public void A_uuencoded_file_of_a_cut_message_is_still_a_file()
    {
        var message = MailText.Parse("Subject: s\n\nhello\nbegin 644 a.txt\n#0V%T\n#0V%T\n");
        Assert.Equal("hello\n", message.TextBody);
        Assert.Equal("CatCat"u8.ToArray(), Assert.Single(message.Attachments).Content.ToArray());
    }

    [Theory]
    [InlineData("SGVs bG8g d29y bGQ=\n", "Hello world")]
    [InlineData("SGVsbG8gd29ybGQ=\n\n-- \nSent via a list\n", "Hello world\n\n-- \nSent via a list\n")]
    [InlineData("SGVsbG8gd29ybG\n", "Hello worl")]
    [InlineData("SGVsbG8=IHdvcmxk\n", "Hello world")]
    [InlineData("These are words, and nobody encoded them.\n", "These are words, and nobody encoded them.\n")]
    public void Base64_is_told_from_the_text_in_its_place_and_below_it(string body, string expected) =>
        Assert.Equal(expected, MailText.Parse($"Content-Transfer-Encoding: base64\n\n{body}").TextBody);

    [Theory]
    [InlineData("koi8-r", "Привет")]
    [InlineData("no-such-charset", null)]
    public void A_text_can_be_read_again_in_the_charset_a_person_names(string charset, string? expected) =>
        Assert.Equal(expected, MailText.Parse("Content-Type: text/plain; charset=iso-8859-1\n\n\u00F0\u00D2\u00C9\u00D7\u00C5\u00D4").Root.DecodeText(charset));

    private static IReadOnlyList<Attachment> Files(string header, string content) => MailText.Parse(Mail(header, content)).Attachments;

    private static string Mail(string header, string content) =>
        $"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: text/csv; name=a.csv{header}\n{content}\n--b--\n";
}
