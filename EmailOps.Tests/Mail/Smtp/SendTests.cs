using System.Text;
using EmailOps.Mail.Smtp;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>What is said when a mail is sent, and what is told of each answer.</summary>
public class SendTests
{
    private const string Mail = "From: shop@shop.example\r\nSubject: Hello\r\n\r\nwords\r\n";
    private static readonly SmtpEnvelope Envelope = new("shop@shop.example", ["kim@customer.example"]);

    [Fact]
    public async Task Sender_and_recipients_go_in_one_piece_where_the_server_can()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            // Nothing is answered before all was heard: a client that waited would wait for ever.
            Assert.Equal("MAIL FROM:<shop@shop.example> SIZE=50", await talk.HearAsync());
            Assert.Equal("RCPT TO:<a@x.example>", await talk.HearAsync());
            Assert.Equal("RCPT TO:<b@x.example>", await talk.HearAsync());
            await talk.SayAsync("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550-5.1.1 No such user,\r\n550 5.1.1 really\r\n");
            await talk.ExpectAsync("DATA", "354 go\r\n");
            Assert.Equal(Mail, await talk.MailAsync());
            await talk.SayAsync("250 2.0.0 queued as 1\r\n");
            await talk.GoodbyeAsync();
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(new SmtpEnvelope("shop@shop.example", ["a@x.example", "b@x.example"]), Bytes(Mail));
        Assert.Equal((SmtpOutcome.Accepted, SmtpStage.End, "2.0.0", "250 2.0.0 queued as 1"), (result.Outcome, result.Stage, result.Status, result.Reply!.ToString()));
        Assert.Equal([RecipientState.Accepted, RecipientState.Refused], result.Recipients.Select(recipient => recipient.State));
        Assert.Equal(new SmtpReply(550, "5.1.1", "No such user,\nreally"), result.Recipients[1].Reply);
        await client.QuitAsync();
    }

    [Fact]
    public async Task Every_command_waits_for_its_answer_where_the_server_cannot()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.SayAsync(ScriptedSmtp.Greeting);
            await talk.ExpectAsync("EHLO", "500 what?\r\n");
            await talk.ExpectAsync("HELO client.example", "250 hello\r\n");
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync("250 ok\r\n");
        });
        await using var client = await server.ConnectAsync();
        Assert.Empty(client.Capabilities.Names);
        var result = await client.SendAsync(Envelope, Bytes(Mail));
        Assert.Equal((SmtpOutcome.Accepted, null), (result.Outcome, result.Status));
    }

    [Theory]
    [InlineData("451 4.7.1 later\r\n", "550 5.1.1 unknown\r\n", false, RecipientState.Deferred, RecipientState.Refused, "4.7.1")]
    [InlineData("550 5.1.1 unknown\r\n", "553 bad name\r\n", true, RecipientState.Refused, RecipientState.Refused, "5.1.1")]
    public async Task Without_a_recipient_nothing_is_sent(string first, string second, bool isPermanent, RecipientState one, RecipientState two, string status)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("MAIL", "250 ok\r\n");
            await talk.ExpectAsync("RCPT", first);
            await talk.ExpectAsync("RCPT", second);
            // The connection is good for the next mail.
            await talk.ExpectAsync("RSET", "250 ok\r\n");
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync("250 ok\r\n");
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(new SmtpEnvelope("", ["a@x.example", "b@x.example"]), Bytes(Mail));
        Assert.Equal((SmtpOutcome.Refused, SmtpStage.Recipients, isPermanent, status), (result.Outcome, result.Stage, result.IsPermanent, result.Status));
        Assert.Equal([one, two], result.Recipients.Select(recipient => recipient.State));
        Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(Envelope, Bytes(Mail))).Outcome);
    }

    [Fact]
    public async Task A_refused_sender_is_told_by_its_own_answer_and_not_by_what_follows()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("MAIL", "550 5.7.1 not you\r\n");
            await talk.ExpectAsync("RCPT", "503 5.5.1 need MAIL\r\n");
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Bytes(Mail));
        Assert.Equal((SmtpOutcome.Refused, SmtpStage.Sender, "5.7.1", true), (result.Outcome, result.Stage, result.Status, result.IsPermanent));
        Assert.Equal(RecipientState.NotTried, result.Recipients[0].State);
    }

    [Fact]
    public async Task What_is_wrong_with_the_sign_in_or_the_connection_is_not_held_against_the_mail()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250 plain.example\r\n");
            await talk.ExpectAsync("MAIL", "530 5.7.0 authentication required\r\n");
            await talk.ExpectAsync("RSET", "500 5.5.1 never heard of it\r\n");
        });
        await using var client = await server.ConnectAsync();
        var unsigned = await client.SendAsync(Envelope, Bytes(Mail));
        Assert.Equal((SmtpOutcome.Refused, "5.7.0", false), (unsigned.Outcome, unsigned.Status, unsigned.IsPermanent));
        var strange = await client.SendAsync(Envelope, Bytes(Mail));
        Assert.Equal((SmtpOutcome.NotSent, SmtpStage.Start, false), (strange.Outcome, strange.Stage, client.IsUsable));
    }

    [Theory]
    [InlineData("552 5.3.4 too big\r\n", true)]
    [InlineData("451 4.3.0 later\r\n", false)]
    [InlineData("421 4.3.2 shutting down\r\n", false)]
    public async Task A_no_to_the_whole_mail_is_certain(string answer, bool isPermanent)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync(answer);
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Bytes(Mail));
        Assert.Equal((SmtpOutcome.Refused, SmtpStage.End, isPermanent), (result.Outcome, result.Stage, result.IsPermanent));
        Assert.Equal(!answer.StartsWith("421", StringComparison.Ordinal), client.IsUsable);
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_never_offered()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250-x\r\n250 SIZE 52\r\n");
            Assert.Equal("QUIT", await talk.HearAsync());
        });
        await using var client = await server.ConnectAsync();
        var large = await client.SendAsync(Envelope, Bytes(Mail + "more\r\n"));
        Assert.Equal((SmtpOutcome.Refused, SmtpStage.Start, true, "5.3.4"), (large.Outcome, large.Stage, large.IsPermanent, large.Status));
        Assert.Equal("5.6.7", (await client.SendAsync(new SmtpEnvelope("", ["jörg@x.example"]), Bytes(Mail))).Status);
        Assert.Equal("5.6.7", (await client.SendAsync(Envelope, Encoding.UTF8.GetBytes("To: jörg@x.example\r\n\r\n"))).Status);
        Assert.Equal("5.6.3", (await client.SendAsync(Envelope, Encoding.UTF8.GetBytes("To: a@x.example\r\n\r\nö\r\n"))).Status);
        await client.QuitAsync();
    }

    [Fact]
    public async Task Addresses_beyond_ASCII_are_announced_and_their_domains_translated()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            Assert.Equal("MAIL FROM:<shop@shop.example> SIZE=50 SMTPUTF8", await talk.HearAsync());
            Assert.Equal("RCPT TO:<j\u00C3\u00B6rg@xn--bcher-kva.example>", await talk.HearAsync());
            await talk.SayAsync("250 ok\r\n250 ok\r\n");
            await talk.ExpectAsync("DATA", "354 go\r\n");
            await talk.MailAsync();
            await talk.SayAsync("250 ok\r\n");
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(new SmtpEnvelope("shop@shop.example", ["jörg@bücher.example"]), Bytes(Mail));
        Assert.Equal((SmtpOutcome.Accepted, "jörg@bücher.example"), (result.Outcome, result.Recipients[0].Address));
    }

    [Theory]
    [InlineData("kim@customer.example>\r\nRCPT TO:<evil@bad.example")]
    [InlineData("kim@customer.example> NOTIFY=NEVER")]
    [InlineData("kim")]
    [InlineData("")]
    public async Task An_address_cannot_carry_a_command(string recipient)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.GoodbyeAsync();
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(new SmtpEnvelope("shop@shop.example", [recipient]), Bytes(Mail)));
        await client.QuitAsync();
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nwords\n.\nMAIL FROM:<evil@bad.example>\r\n")]
    [InlineData("Subject: x\r\n\r\nwords\r.\r\n")]
    [InlineData("Subject: x\r\n\r\nwords\0\r\n")]
    public async Task A_mail_with_line_ends_of_its_own_kind_is_not_sent(string mail)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.GoodbyeAsync();
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(Envelope, Bytes(mail)));
        await client.QuitAsync();
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("")]
    public async Task Dots_at_line_starts_arrive_wherever_a_block_ends(string lastEnd)
    {
        // Blocks are 64 kB: lines of every length around their ends.
        var random = new Random(5);
        var mail = new StringBuilder("Subject: dots\r\n\r\n");
        while (mail.Length < 300_000)
            mail.Append('.', random.Next(4)).Append('x', random.Next(40)).Append("\r\n");
        var sent = mail.Append('.').ToString();
        string? heard = null;
        await using (var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            heard = await talk.MailAsync();
            await talk.SayAsync("250 ok\r\n");
        }))
        {
            await using var client = await server.ConnectAsync();
            Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(Envelope, Bytes(sent + lastEnd))).Outcome);
        }
        Assert.Equal(sent + "\r\n", heard);
    }

    private static byte[] Bytes(string mail) => Encoding.ASCII.GetBytes(mail);
}
