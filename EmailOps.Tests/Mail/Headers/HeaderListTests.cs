using EmailOps.Tests.Mail.Mime;

namespace EmailOps.Tests.Mail.Headers;

public class HeaderListTests
{
    [Fact]
    public void Fields_keep_their_order_and_their_folds()
    {
        var headers = MailText.Parse("Received: one\nX-Long: a\n\tb\nreceived: two\n\n").Headers;
        Assert.Equal(["Received", "X-Long", "received"], headers.Select(h => h.Name));
        Assert.Equal("a\tb", headers["x-long"]);
        Assert.Equal(" a\r\n\tb", headers[1].RawValue);
        Assert.Equal(["one", "two"], headers.All("Received"));
        Assert.Null(headers["Subject"]);
    }

    [Fact]
    public void An_mbox_line_before_the_headers_is_passed_over() =>
        Assert.Equal("s", MailText.Parse("From joe@example.org Thu Jul  1 10:52:37 2003\nSubject: s\n\nb").Subject);

    [Fact]
    public void White_space_before_the_colon_is_legal() => Assert.Equal("s", MailText.Parse("Subject : s\n\n").Subject);

    [Fact]
    public void A_broken_line_among_headers_does_not_lose_those_after_it()
    {
        var message = MailText.Parse("Subject: a\nbroken continuation\nFrom: joe@example.org\n\nbody");
        Assert.Equal("joe@example.org", message.From[0].Addr);
        Assert.Equal("body", message.TextBody);
        Assert.Contains(message.Defects, d => d.Kind == EmailOps.Mail.DefectKind.MalformedHeader);
    }

    [Fact]
    public void A_body_without_an_empty_line_before_it_is_not_lost() =>
        Assert.Equal("Hello there\nhow are you\n", MailText.Parse("Subject: a\nHello there\nhow are you\n").TextBody);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Any_line_end_will_do(string end)
    {
        var raw = System.Text.Encoding.ASCII.GetBytes("Subject: s\nTo: a@x.org\n\nline 1\nline 2\n".Replace("\n", end, StringComparison.Ordinal));
        var message = EmailOps.Mail.MailMessage.Parse(raw);
        Assert.Equal(("s", "line 1\nline 2\n"), (message.Subject, message.TextBody));
    }

    [Fact]
    public void Identifiers_lose_their_brackets_and_folds()
    {
        var message = MailText.Parse("Message-ID: <a@x>\nIn-Reply-To: Your mail <b@x> of today\nReferences: <c@x>\n\t<d@\n x> <e@x>\n\n");
        Assert.Equal("a@x", message.MessageId);
        Assert.Equal(["b@x"], message.InReplyTo);
        Assert.Equal(["c@x", "d@x", "e@x"], message.References);
    }
}
