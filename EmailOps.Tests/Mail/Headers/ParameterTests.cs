using EmailOps.Tests.Mail.Mime;

namespace EmailOps.Tests.Mail.Headers;

public class ParameterTests
{
    [Theory]
    [InlineData("filename=plain.pdf", "plain.pdf")]
    [InlineData("filename=\"two words.pdf\"", "two words.pdf")]
    [InlineData("filename=two words.pdf", "two words.pdf")]
    [InlineData("filename*=utf-8''%E2%82%AC%20rates.pdf", "€ rates.pdf")]
    [InlineData("filename*0=\"long\"; filename*1=\"name.pdf\"", "longname.pdf")]
    [InlineData("filename*1=\"name.pdf\"; filename*0=\"long\"", "longname.pdf")]
    [InlineData("filename*0*=utf-8''%E2%82; filename*1*=%AC.pdf", "€.pdf")]
    [InlineData("filename*0*=utf-8''%E2%82%AC; filename*1=\" 100%.pdf\"", "€ 100%.pdf")]
    [InlineData("filename=\"fallback.pdf\"; filename*=iso-8859-1'de'%FCber.pdf", "über.pdf")]
    [InlineData("filename=\"=?utf-8?Q?=C3=BCber.pdf?=\"", "über.pdf")]
    [InlineData("filename==?utf-8?B?w7xiZXIucGRm?=", "über.pdf")]
    [InlineData("filename=\"=?utf-8?B?w7xi?=\n =?utf-8?B?ZXIucGRm?=\"", "über.pdf")]
    [InlineData("filename=\"a \"quoted\" name.pdf\"; size=3", "a \"quoted\" name.pdf")]
    [InlineData("filename=\"open.pdf", "open.pdf")]
    [InlineData("filename=\"C:\\temp\\x.pdf\"", "C:\\temp\\x.pdf")]
    [InlineData("FILENAME=x.pdf size=3", "x.pdf")]
    public void File_names_are_read_in_all_their_forms(string parameter, string expected)
    {
        var message = MailText.Parse($"Content-Type: application/pdf\nContent-Disposition: attachment; {parameter}\n\n");
        Assert.Equal(expected, Assert.Single(message.Attachments).FileName);
    }

    [Theory]
    [InlineData("text/html; charset=utf-8", "text/html", "utf-8")]
    [InlineData("TEXT/HTML; CHARSET=\"utf-8\"", "text/html", "utf-8")]
    [InlineData("text/html charset=utf-8", "text/html", "utf-8")]
    [InlineData("text/html;\n\tcharset = utf-8 ; format=flowed", "text/html", "utf-8")]
    [InlineData("text/html; charset=utf-8 format=flowed", "text/html", "utf-8")]
    [InlineData("text / html; charset=utf-8", "text/html", "utf-8")]
    [InlineData("html", "text/html", null)]
    [InlineData("text", "text/plain", null)]
    [InlineData("garbage; charset=utf-8", "text/plain", "utf-8")]
    [InlineData("", "text/plain", null)]
    public void Content_types_are_read_leniently(string raw, string media, string? charset)
    {
        var type = MailText.Parse($"Content-Type: {raw}\n\n").Root.ContentType;
        Assert.Equal((media, charset), (type.MediaType, type.Charset));
    }
}
