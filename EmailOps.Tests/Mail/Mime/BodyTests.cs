namespace EmailOps.Tests.Mail.Mime;

public class BodyTests
{
    [Fact]
    public void Of_alternatives_the_text_is_what_is_seen_and_both_bodies_are_kept()
    {
        var message = MailText.Parse(Alternative("plain words", "<p>html words</p>"));
        Assert.Equal(("plain words", "<p>html words</p>", "plain words"), (message.TextBody, message.HtmlBody, message.VisibleText));
        Assert.Empty(message.Attachments);
    }

    [Fact]
    public void A_blank_text_alternative_is_not_what_a_reader_sees() =>
        Assert.Equal("html words", MailText.Parse(Alternative(" \n\n", "<p>html words</p>")).VisibleText);

    [Fact]
    public void Text_after_an_attachment_is_seen_too()
    {
        var message = MailText.Parse("""
            Content-Type: multipart/mixed; boundary=b

            --b

            before
            --b
            Content-Type: application/pdf; name=x.pdf

            pdf
            --b

            after
            --b--
            """);
        Assert.Equal("before\n\nafter", message.VisibleText);
        Assert.Equal("x.pdf", Assert.Single(message.Attachments).FileName);
    }

    [Fact]
    public void Pictures_of_the_html_body_are_inline_and_named_by_their_content_id()
    {
        var message = MailText.Parse("""
            Content-Type: multipart/related; boundary=b

            --b
            Content-Type: text/html

            <img src="cid:logo@x">
            --b
            Content-Type: image/png
            Content-ID: <logo@x>

            png
            --b--
            """);
        var picture = Assert.Single(message.Attachments);
        Assert.Equal(("logo@x", true), (picture.ContentId, picture.IsInline));
    }

    [Fact]
    public void An_attached_text_file_is_not_the_body()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nlog\n--b--\n");
        Assert.Equal("body", message.VisibleText);
        Assert.Equal("log.txt", Assert.Single(message.Attachments).FileName);
    }

    [Fact]
    public void The_signature_of_a_signed_message_is_not_a_file_somebody_sent()
    {
        var message = MailText.Parse("Content-Type: multipart/signed; boundary=b\n\n--b\n\nbody\n--b\nContent-Type: application/pgp-signature\n\nsig\n--b--\n");
        Assert.Empty(message.Attachments);
        Assert.Equal(2, message.Root.Children.Count);
    }

    [Theory]
    [InlineData("one \ntwo\n", "one two\n")]
    [InlineData("> one \n> two\nthree\n", "> one two\nthree\n")]
    [InlineData("> one \n>> two\n", "> one \n>> two\n")]
    [InlineData("a\n-- \nJoe \nInc\n", "a\n-- \nJoe Inc\n")]
    [InlineData(" From here\n", "From here\n")]
    public void Flowed_lines_are_joined(string raw, string expected) =>
        Assert.Equal(expected, MailText.Parse("Content-Type: text/plain; format=flowed\n\n" + raw).TextBody);

    [Fact]
    public void A_nul_byte_is_not_text() => Assert.Equal("ab", MailText.Parse("Subject: s\0\n\na\0b").TextBody);

    private static string Alternative(string text, string html) =>
        $"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n";
}
