using EmailOps.Mail;
using EmailOps.Mail.Writing;

namespace EmailOps.Tests.Mail.Writing;

/// <summary>Nothing that comes from outside adds a field or ends the header, and what cannot be written is refused before anything was.</summary>
public class HostileValuesTests
{
    private const string Injection = "x\r\nBcc: evil@bad.example\r\n\r\nbody";

    [Fact]
    public void Text_cannot_add_a_field()
    {
        var mail = RoundTripTests.Plain("words") with
        {
            Subject = Injection,
            From = [new Address(Injection, "shop@shop.example")],
            To = [new Address("\0\u0085\u2028" + Injection, "kim@customer.example")],
            Headers = [new("X-Note", Injection)],
            InReplyTo = "a@b\r\nBcc: evil@bad.example",
            References = ["good@id.example", "bad> <evil@id.example", "also bad\r\n@id.example", "\u00F6@id.example", ""],
            Html = "<p>words</p>",
            Files = [new OutgoingFile(Injection + ".txt", "text/plain", "x"u8.ToArray())],
        };
        var read = MailMessage.Parse(MailWriter.ToBytes(mail));
        Assert.Empty(read.Bcc);
        Assert.Equal(["From", "To", "Subject", "Date", "Message-ID", "References", "X-Note", "MIME-Version", "Content-Type"], read.Headers.Select(header => header.Name));
        Assert.Equal(("x Bcc: evil@bad.example body", "words\n"), (read.Subject, read.TextBody));
        Assert.Equal(["good@id.example"], read.References);
        Assert.Equal("x Bcc: evil@bad.example body.txt", Assert.Single(read.Attachments).FileName);
    }

    [Theory]
    [InlineData("kim@customer.example\r\nBcc: evil@bad.example")]
    [InlineData("kim@customer.example, evil@bad.example")]
    [InlineData("kim@customer.example>")]
    [InlineData("kim <kim@customer.example>")]
    [InlineData("kim(x)@customer.example")]
    [InlineData("\"kim\"x\"@customer.example")]
    [InlineData("kim\u202E@customer.example")]
    [InlineData("kim\ud800@customer.example")]
    [InlineData("kim@customer..example")]
    [InlineData("kim@exam\uFF1Eple")]
    [InlineData("kim@")]
    [InlineData("@customer.example")]
    [InlineData("kim")]
    [InlineData("")]
    public void Addresses_that_are_none_are_refused(string address)
    {
        Assert.False(AddrSpec.TryNormalise(address, out _, out var problem));
        Assert.NotNull(problem);
        Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(RoundTripTests.Plain("x") with { To = [new Address(null, address)] }));
    }

    [Theory]
    [InlineData("kim@customer.example", "kim@customer.example", false)]
    [InlineData("o'hara+tag=x@customer.example", "o'hara+tag=x@customer.example", false)]
    [InlineData("..docomo..@customer.example", "..docomo..@customer.example", false)]
    [InlineData("\"kim at home\"@customer.example", "\"kim at home\"@customer.example", false)]
    [InlineData("kim@BÜCHER.example", "kim@xn--bcher-kva.example", false)]
    [InlineData("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah", true)]
    [InlineData("kim@[192.0.2.1]", "kim@[192.0.2.1]", false)]
    [InlineData("kim@[IPv6:2001:db8::1]", "kim@[IPv6:2001:db8::1]", false)]
    public void Addresses_are_written_with_the_domain_in_ASCII(string address, string written, bool needsUtf8) =>
        Assert.Equal((written, needsUtf8), (AddrSpec.Normalise(address), AddrSpec.NeedsSmtpUtf8(address)));

    [Fact]
    public void What_the_writer_writes_itself_and_what_is_no_field_cannot_be_added()
    {
        foreach (var name in (string[])["Bcc", "from", "Content-Type", "MIME-Version", "X Y", "X:Y", "X\r\nY", "", "Ünicode", new string('x', 60)])
            Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(RoundTripTests.Plain("x") with { Headers = [new(name, "x")] }));
    }

    [Fact]
    public void Identifiers_and_types_that_cannot_be_written_are_refused()
    {
        var plain = RoundTripTests.Plain("x");
        var file = new OutgoingFile("a.txt", "text/plain", default);
        foreach (var id in (string[])["no-at", "a@b@c", "a b@c", "a@b>", "ä@b", "@b", "a@", "a\r\n@b", ""])
            Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(plain with { MessageId = id }));
        foreach (var type in (string[])["text", "text/", "multipart/mixed", "text/plain; x=y", "text/plain\r\nBcc: x", "a/b/c"])
            Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(plain with { Files = [file with { ContentType = type }] }));
        Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(plain with { Files = [file with { ContentId = "a> b" }] }));
        Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(plain with { Files = [file with { Name = new string('n', 501) }] }));
        Assert.Throws<ArgumentException>(() => MailWriter.ToBytes(plain with { From = [] }));
    }

    [Fact]
    public void A_long_thread_keeps_its_first_and_its_last()
    {
        var ids = Enumerable.Range(0, 500).Select(i => $"{i}@id.example").ToList();
        var kept = ReferenceChain.After(ids, [], "last@id.example");
        Assert.Equal((ReferenceChain.MaxKept, "0@id.example", "499@id.example", "last@id.example"), (kept.Count, kept[0], kept[^2], kept[^1]));
        Assert.Equal(["parent@id.example", "last@id.example"], ReferenceChain.After([], ["parent@id.example"], "last@id.example"));
        Assert.Equal(["a@id.example", "last@id.example"], ReferenceChain.After(["last@id.example", "a@id.example", "a@id.example"], [], "last@id.example"));
        Assert.Empty(ReferenceChain.After([], ["a@id.example", "b@id.example"], null));
    }

    [Theory]
    [InlineData("Hi,\n\nlook: https://shop.example/a?b=1&c=\"2\" (or http://x.example/y_(z)).\n> quoted <b>\n>> deeper\nend",
        "<p>Hi,</p>\n<p>look: <a href=\"https://shop.example/a?b=1&amp;c=\">https://shop.example/a?b=1&amp;c=</a>&quot;2&quot; (or <a href=\"http://x.example/y_(z)\">http://x.example/y_(z)</a>).</p>\n"
        + "QUOTE<p>quoted &lt;b&gt;</p>\nQUOTE<p>deeper</p>\n</blockquote>\n</blockquote>\n<p>end</p>\n")]
    [InlineData("a  b\n javascript:alert(1)", "<p>a &nbsp;b<br>\n javascript:alert(1)</p>\n")]
    [InlineData("", "")]
    public void Plain_text_becomes_small_HTML(string text, string body)
    {
        const string quote = "<blockquote style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">\n";
        Assert.Equal($"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{body.Replace("QUOTE", quote, StringComparison.Ordinal)}</body></html>\n", HtmlFromText.Convert(text));
    }
}
