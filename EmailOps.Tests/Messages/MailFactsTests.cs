using System.Text;
using EmailOps.Core.Messages;
using EmailOps.Mail;

namespace EmailOps.Tests.Messages;

public class MailFactsTests
{
    [Fact]
    public void Facts_tell_where_a_mail_came_from_how_it_is_built_and_what_it_shows()
    {
        var facts = Facts("Received: from unknown (HELO relay) ([10.2.3.4]) by mx.shop.test; Fri, 20 Nov 2026 09:00:00 +0000\r\nFrom: \"Win\" <win99@cash.test>\r\nReply-To: other@elsewhere.test\r\nTo: us@shop.test\r\nSubject: FREE CASH!\r\nMessage-ID: <AB12.cd@mail.cash.test>\r\nDate: Fri, 20 Nov 2026 09:00:00 -0500\r\nX-Mailer: Bulk Sender 4.2\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<html><body><FONT color=red>CLICK HERE NOW! <a href=\"http://10.0.0.1/x\">win</a></body></html>");
        Assert.Contains("from-digits=2", facts);
        Assert.Contains("reply-to-elsewhere=True", facts);
        Assert.Contains("id-of-from=True", facts);
        Assert.Contains("id-shape=A0.a", facts);
        Assert.Contains("zone=-5", facts);
        Assert.Contains("x-mailer:bulk", facts);
        Assert.Contains("has=x-mailer", facts);
        Assert.Contains("part=text/html", facts);
        Assert.Contains("tag=font", facts);
        Assert.Contains("link-is-address=True", facts);
        Assert.Contains("hop-unknown=True", facts);
        Assert.Contains("subject-marks=!", facts);
        // Order numbers and dates are one shape: what differs in every mail teaches nothing.
        Assert.DoesNotContain(facts, f => f.Contains("4.2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("From: @@@\r\nMessage-ID: <@>\r\nReceived:\r\nDate: never\r\nSubject:\r\n\r\n<")]
    [InlineData("From: x\r\nContent-Type: text/html\r\n\r\n<<<<://://<a href=http://")]
    public void Any_mail_has_facts(string raw) => Assert.NotEmpty(Facts(raw));

    [Fact]
    public void Facts_are_bounded_whatever_the_mail()
    {
        var fields = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"X-Field-{i}: {string.Join(' ', Enumerable.Range(0, 300).Select(k => $"w{(char)('a' + k % 26)}{(char)('a' + k / 26)}.x{i % 7}"))}\r\n"));
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<t{i}>http://h{i}.test/ "));
        Assert.InRange(Facts($"{fields}Content-Type: text/html\r\n\r\n{body}").Count, 1, 60_000);
    }

    private static List<string> Facts(string raw) => MailFacts.Of(MailMessage.Parse(Encoding.Latin1.GetBytes(raw)));
}
