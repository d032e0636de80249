using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

public class StructureTests
{
    [Fact]
    public void A_multipart_is_cut_at_its_delimiters_and_nowhere_else()
    {
        var message = MailText.Parse("""
            Content-Type: multipart/mixed; boundary="b"

            preamble
            --b
            Content-Type: text/plain

            one --b
            --bb
            --b 
            Content-Type: text/html

            <p>two</p>
            --b--
            epilogue
            """);
        Assert.Equal(["one --b\r\n--bb", "<p>two</p>"], message.Root.Children.Select(c => System.Text.Encoding.Latin1.GetString(c.RawBody.Span)));
        Assert.Empty(message.Defects);
    }

    [Fact]
    public void The_delimiter_of_an_outer_multipart_ends_the_inner_one()
    {
        var message = MailText.Parse("""
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: multipart/alternative; boundary=outer-inner

            --outer-inner

            one
            --outer

            two
            --outer--
            """);
        Assert.Equal(2, message.Root.Children.Count);
        Assert.Equal("one", message.Root.Children[0].Children[0].DecodeText());
        Assert.Equal("two", message.Root.Children[1].DecodeText());
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.UnclosedMultipart);
    }

    [Fact]
    public void A_cut_message_keeps_what_came()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/html\n\n<p>sec");
        Assert.Equal("first", message.TextBody);
        Assert.Equal("<p>sec", message.HtmlBody);
    }

    [Fact]
    public void Without_a_named_boundary_one_is_found()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed\n\n--xyz\nContent-Type: text/plain\n\nhello\n--xyz--\n");
        Assert.Equal("hello", message.TextBody);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.MissingBoundary);
    }

    [Fact]
    public void A_multipart_whose_boundary_never_comes_is_shown_as_text()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\nDear team, where is my order?");
        Assert.Contains("where is my order", message.VisibleText, StringComparison.Ordinal);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.BoundaryNotFound);
    }

    [Fact]
    public void A_closing_delimiter_glued_to_the_last_line_is_no_text() =>
        Assert.Equal("hello", MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello--b--\n").TextBody);

    [Fact]
    public void A_message_in_a_message_is_read_and_attached()
    {
        var message = MailText.Parse("""
            Subject: outer
            Content-Type: multipart/mixed; boundary=b

            --b

            see attached
            --b
            Content-Type: message/rfc822

            Subject: inner
            From: Ann <ann@example.org>

            the inner text
            --b--
            """);
        var attachment = Assert.Single(message.Attachments);
        Assert.Equal(("inner.eml", "message/rfc822"), (attachment.FileName, attachment.ContentType));
        var inner = attachment.Part!.Message!;
        Assert.Equal(("inner", "ann@example.org", "the inner text"), (inner.Subject, inner.From[0].Addr, inner.TextBody));
        Assert.Equal("see attached", message.VisibleText);
    }

    [Fact]
    public void Parts_of_a_digest_are_messages_without_saying_so()
    {
        var message = MailText.Parse("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: m1\n\nbody 1\n--b--\n");
        Assert.Equal("m1", message.Root.Children[0].Message!.Subject);
    }

    [Fact]
    public void A_header_section_cut_by_a_delimiter_does_not_swallow_the_next_part()
    {
        var message = MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n");
        Assert.Equal(2, message.Root.Children.Count);
        Assert.Equal("two", message.Root.Children[1].DecodeText());
    }
}
