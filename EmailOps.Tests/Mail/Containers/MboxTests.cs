using System.Text;
using EmailOps.Mail.Containers;

namespace EmailOps.Tests.Mail.Containers;

public class MboxTests
{
    private const string Separator = "From joe@shop.example Thu Jan  1 10:00:00 2026\n";

    [Fact]
    public void Mails_come_with_ordinal_and_offset_and_without_the_separator_lines()
    {
        var first = "Subject: one\n\nHello\n";
        var mails = Read(Separator + first + "\n" + Separator + "Subject: two\n\nBye\n\n");
        Assert.Equal([first, "Subject: two\n\nBye\n"], mails.Select(Text));
        Assert.Equal("in.mbox#1 @ 0", mails[0].Origin);
        Assert.Equal($"in.mbox#2 @ {Separator.Length + first.Length + 1}", mails[1].Origin);
        Assert.All(mails, m => Assert.Null(m.Problem));
    }

    [Theory]
    [InlineData("From - Mon Mar 04 15:02:31 2013")]
    [InlineData("From 1423432@xxx Mon Mar 04 15:02:31 +0000 2013")]
    [InlineData("From a@b.example  Fri Jul  8 12:08 2011")]
    [InlineData("From MAILER-DAEMON Fri Jul  8 12:08:34 CEST 2011")]
    [InlineData("From a@b.example 2011-07-08T12:08:34Z")]
    public void Separator_variants_of_real_writers_are_seen(string line) =>
        Assert.Equal(2, Read($"{line}\nSubject: a\n\nx\n\n{line}\nSubject: b\n\ny\n").Count);

    [Theory]
    [InlineData("From here on it gets hard: we met Mon Jan at noon")]
    [InlineData("From 2024-01-02 we deliver faster")]
    [InlineData("From Mon Mar 04 15:02:31 2013 on nothing arrived any more")]
    public void A_sentence_that_begins_with_From_stays_in_its_mail(string line)
    {
        var mail = Assert.Single(Read($"{Separator}Subject: a\n\nx\n\n{line}\nand so on without a colon\n"));
        Assert.Contains(line, Text(mail), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quoted_From_line_loses_one_mark_and_no_more()
    {
        var mail = Assert.Single(Read($"{Separator}Subject: a\n\n>From the start\n>>From deep\n> From a quote\n"));
        Assert.Equal("Subject: a\n\nFrom the start\n>From deep\n> From a quote\n", Text(mail));
    }

    [Fact]
    public void A_content_length_that_ends_at_a_separator_protects_a_mail_inside_a_mail()
    {
        var body = $"see:\n\n{Separator}Subject: inner\n\ninner text\n";
        var mails = Read($"{Separator}Subject: a\nContent-Length: {body.Length}\n\n{body}\n{Separator}Subject: b\n\ny\n");
        Assert.Equal(2, mails.Count);
        Assert.EndsWith(body, Text(mails[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_content_length_that_lies_is_not_believed()
    {
        var mails = Read($"{Separator}Subject: a\nContent-Length: 60\n\nshort\n\n{Separator}Subject: b\n\ny\n\n{Separator}Subject: c\n\nz\n");
        Assert.Equal(3, mails.Count);
    }

    [Fact]
    public void Cut_in_half_the_last_mail_is_delivered_as_far_as_it_goes()
    {
        var whole = Separator + "Subject: one\n\nHello\n\n" + Separator + "Subject: two\n\nThis one is cut somewh";
        var mails = Read(whole);
        Assert.Equal("Subject: two\n\nThis one is cut somewh", Text(mails[1]));
        Assert.Equal(2, mails.Count);
    }

    [Fact]
    public void Cut_at_its_start_the_fragment_is_kept_and_explained()
    {
        var mails = Read("est of a body\nmore\n\n" + Separator + "Subject: two\n\nx\n");
        Assert.Equal(2, mails.Count);
        Assert.Contains("does not begin with a mail", mails[0].Problem, StringComparison.Ordinal);
        Assert.StartsWith("est of a body", Text(mails[0]), StringComparison.Ordinal);
        Assert.Equal("Subject: two\n\nx\n", Text(mails[1]));
    }

    [Fact]
    public void Windows_line_ends_are_kept_as_they_are()
    {
        var mails = Read((Separator + "Subject: a\n\nx\n\n" + Separator + "Subject: b\n\ny\n\n").Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal(["Subject: a\r\n\r\nx\r\n", "Subject: b\r\n\r\ny\r\n"], mails.Select(Text));
    }

    [Fact]
    public void Lines_and_mails_longer_than_any_buffer_come_through_whole()
    {
        var body = new string('x', 700_000);
        var mails = Read($"{Separator}Subject: a\n\n{body}\n\n{Separator}Subject: b\n\n{body}");
        Assert.Equal([$"Subject: a\n\n{body}\n", $"Subject: b\n\n{body}"], mails.Select(Text));
    }

    [Fact]
    public void A_mail_over_the_limit_comes_as_its_head_and_the_next_one_whole()
    {
        var limits = new ContainerLimits { MaxMessageBytes = 10_000, HeadBytes = 100 };
        var mails = Read($"{Separator}Subject: a\n\n{string.Concat(Enumerable.Repeat("0123456789\n", 2000))}\n{Separator}Subject: b\n\ny\n", limits);
        Assert.True(mails[0].IsCut);
        Assert.Equal(100, mails[0].Raw.Length);
        Assert.Equal(12 + 22_000 + 1, mails[0].Size);
        Assert.Contains("over the limit", mails[0].Problem, StringComparison.Ordinal);
        Assert.Equal("Subject: b\n\ny\n", Text(mails[1]));
    }

    [Fact]
    public void A_stream_that_trickles_gives_the_same_mails()
    {
        var text = Separator + "Subject: one\n\nHello\n\n" + Separator + "Subject: two\n\nBye\n";
        using var container = MailContainer.Open(new TricklingStream(Encoding.UTF8.GetBytes(text)), "in.mbox");
        Assert.Equal(["Subject: one\n\nHello\n", "Subject: two\n\nBye\n"], container.Read().Select(Text));
    }

    private static List<ContainedMail> Read(string mbox, ContainerLimits? limits = null)
    {
        using var container = MailContainer.Open(new MemoryStream(Encoding.UTF8.GetBytes(mbox)), "in.mbox", limits);
        var mails = container.Read().ToList();
        Assert.Equal(container.TotalBytes, container.BytesRead);
        return mails;
    }

    private static string Text(ContainedMail mail) => Encoding.UTF8.GetString(mail.Raw.Span);

    /// <summary>Cannot be sought and gives a few bytes at a time, as a network does.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(7, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(7, count));
    }
}
