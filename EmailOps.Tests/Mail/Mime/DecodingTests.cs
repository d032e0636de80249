using System.Text;

namespace EmailOps.Tests.Mail.Mime;

public class DecodingTests
{
    [Theory]
    [InlineData("a=3Db", "a=b")]
    [InlineData("soft=\nbreak", "softbreak")]
    [InlineData("soft=  \nbreak", "softbreak")]
    [InlineData("trailing   \nspace", "trailing\r\nspace")]
    [InlineData("bad =G1 and =", "bad =G1 and ")]
    [InlineData("lower =c3=bc", "lower \u00C3\u00BC")]
    public void Quoted_printable(string raw, string expected) => Assert.Equal(expected, Bytes("quoted-printable", raw));

    [Theory]
    [InlineData("SGVsbG8=", "Hello")]
    [InlineData("SGVs\nbG8=", "Hello")]
    [InlineData("SGVsb\nG8=", "Hello")]
    [InlineData("SGVsbG8", "Hello")]
    [InlineData("SGVs*bG8=", "Hello")]
    [InlineData("SGVsbG8=SGVsbG8=", "HelloHello")]
    [InlineData("SGVsbG8= and a footer", "Hello")]
    [InlineData("SGVsbG8hA", "Hello!")]
    [InlineData("", "")]
    public void Base64(string raw, string expected) => Assert.Equal(expected, Bytes("base64", raw));

    [Fact]
    public void Damage_is_noted() => Assert.Contains(
        MailText.Parse("Content-Transfer-Encoding: base64\n\nSGVs*bG8=").Defects, d => d.Kind == EmailOps.Mail.DefectKind.DamagedEncoding);

    [Fact]
    public void Text_that_only_claims_to_be_base64_is_shown_as_it_is() =>
        Assert.Equal("Dear team, this text was never encoded at all, I promise you.",
            MailText.Parse("Content-Transfer-Encoding: base64\n\nDear team, this text was never encoded at all, I promise you.").TextBody);

    [Fact]
    public void Size_and_digest_of_a_large_attachment_are_those_of_its_content()
    {
        var content = new byte[1_000_003];
        new Random(7).NextBytes(content);
        foreach (var options in new[] { Base64FormattingOptions.InsertLineBreaks, Base64FormattingOptions.None })
        {
            var message = MailText.Parse("Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + Convert.ToBase64String(content, options));
            var attachment = Assert.Single(message.Attachments);
            Assert.Equal(content.Length, attachment.Size);
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), attachment.Sha256);
            Assert.Equal(content, attachment.Content.ToArray());
        }
    }

    [Fact]
    public void Decoding_in_pieces_gives_what_decoding_at_once_gives()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"=C3=BC{i}"));
        var part = MailText.Parse("Content-Type: application/x\nContent-Transfer-Encoding: quoted-printable\n\n" + text).Root;
        using var pieces = new MemoryStream();
        part.DecodeTo(pieces);
        Assert.Equal(part.DecodeBytes(), pieces.ToArray());
    }

    [Fact]
    public void Uuencoded_files_leave_the_text_and_become_attachments()
    {
        var message = MailText.Parse("Subject: a\n\nbefore\nbegin 644 cat.txt\n#0V%T\n`\nend\nafter\n");
        Assert.Equal("before\nafter\n", message.TextBody);
        var file = Assert.Single(message.Attachments);
        Assert.Equal(("cat.txt", "Cat"), (file.FileName, Encoding.ASCII.GetString(file.Content.Span)));
    }

    [Fact]
    public void Prose_that_begins_with_begin_is_no_file()
    {
        const string Text = "begin 644 reasons\nwhy this sentence is longer than its first letter says it should be, my friend\nend\n";
        Assert.Equal(Text, MailText.Parse("Subject: a\n\n" + Text).TextBody);
    }

    private static string Bytes(string encoding, string raw) => Encoding.Latin1.GetString(
        MailText.Parse($"Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n\n{raw}").Root.DecodeBytes());
}
