using System.Text;
using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>Sizes and shapes nobody sends by accident: kept, shown as what they are, bounded in memory and time.</summary>
public class HostileInputTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void A_thousand_nested_multiparts_are_opened_to_the_limit_and_kept_beyond()
    {
        var raw = new StringBuilder("Subject: deep\n");
        for (var i = 0; i < 1000; i++)
            raw.Append(null, $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n");
        var message = MailText.Parse(raw + "\nthe bottom\n");
        Assert.Equal("deep", message.Subject);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.TooDeep);
        Assert.Contains("the bottom", message.VisibleText, StringComparison.Ordinal);
        Assert.Equal(MimeLimits.Default.MaxDepth, Depth(message.Root));
    }

    [Fact]
    public void A_thousand_messages_in_messages_do_not_exhaust_the_stack()
    {
        var message = MailText.Parse(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\n\n", 1000)) + "Subject: x\n\nend");
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.TooDeep);
        _ = message.Attachments.Select(a => a.Sha256).ToList();
    }

    [Fact]
    public void Ten_thousand_recipients_are_all_there()
    {
        var to = string.Join(",\n ", Enumerable.Range(0, 10_000).Select(i => $"\"Person, {i}\" <p{i}@example.org>"));
        var message = MailText.Parse($"To: {to}\n\nhi");
        Assert.Equal(10_000, message.To.Count);
        Assert.Equal(("Person, 9999", "p9999@example.org"), (message.To[^1].Name, message.To[^1].Addr));
    }

    [Fact]
    public void More_recipients_than_the_limit_are_cut_and_noted()
    {
        var message = MailText.Parse($"To: {string.Join(",", Enumerable.Repeat("a@x.org", 50))}\n\n", new MimeLimits { MaxAddresses = 10 });
        Assert.Equal(10, message.To.Count);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.ListTooLong);
    }

    [Fact]
    public void A_message_of_200_megabytes_is_read_without_a_copy_of_it()
    {
        var raw = new byte[200 * Megabyte];
        raw.AsSpan().Fill((byte)'A');
        for (var i = 76; i < raw.Length; i += 77)
            raw[i] = (byte)'\n';
        "Subject: big\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"u8.CopyTo(raw);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = MailMessage.Parse(raw);
        var file = Assert.Single(message.Attachments);
        Assert.InRange(file.Size, 140L * Megabyte, 150L * Megabyte);
        Assert.Equal(64, file.Sha256.Length);
        Assert.Equal("big", message.Subject);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
    }

    [Fact]
    public void A_text_of_many_megabytes_is_cut_and_noted()
    {
        var raw = new byte[50 * Megabyte];
        raw.AsSpan().Fill((byte)'x');
        "Subject: long\n\n"u8.CopyTo(raw);
        var message = MailMessage.Parse(raw);
        Assert.Equal(MimeLimits.Default.MaxTextLength, message.TextBody!.Length);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.TextTooLong);
    }

    [Fact]
    public void Parts_and_fields_beyond_the_limits_are_left_out_and_noted()
    {
        var message = MailText.Parse(
            string.Concat(Enumerable.Repeat("X: y\n", 30)) + "\nContent",
            new MimeLimits { MaxHeaderFields = 20 });
        Assert.Equal(20, message.Headers.Count);
        Assert.Equal("Content", message.TextBody);
        var many = MailText.Parse("Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\nx\n", 100)) + "--b--\n", new MimeLimits { MaxParts = 10 });
        Assert.InRange(many.Root.Children.Count, 5, 10);
        Assert.Contains(many.Defects, d => d.Kind == DefectKind.TooManyParts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\0\0\0")]
    [InlineData("PK\u0003\u0004 a zip, not a mail")]
    [InlineData(":")]
    [InlineData("no header at all")]
    public void Files_that_are_no_mail_are_said_to_be_none(string raw)
    {
        var message = MailText.Parse(raw);
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.NotAMessage);
        ReadAll.Of(message);
    }

    private static int Depth(MimePart part) => part.Children.Count == 0 ? 0 : 1 + part.Children.Max(Depth);
}
