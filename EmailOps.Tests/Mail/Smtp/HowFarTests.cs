using System.Text;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>At-most-once sending stands on this: the result tells whether the server may have the mail, whatever happens and whenever.</summary>
public class HowFarTests
{
    private static readonly byte[] Mail = Encoding.ASCII.GetBytes("Subject: Hello\r\n\r\nwords\r\n");
    private static readonly SmtpEnvelope Envelope = new("shop@shop.example", ["kim@customer.example"]);
    private const string Answer = "250-2.0.0 Ok\r\n250 2.0.0 queued as 7\r\n";

    public static TheoryData<int> EveryByteOfTheAnswer => new(Enumerable.Range(0, Answer.Length + 1));

    [Theory]
    [MemberData(nameof(EveryByteOfTheAnswer))]
    public async Task A_cut_at_any_byte_of_the_answer_leaves_it_unknown_and_only_the_whole_answer_is_a_yes(int bytes)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync(Answer[..bytes]);
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Mail);
        Assert.Equal((bytes == Answer.Length ? SmtpOutcome.Accepted : SmtpOutcome.Unknown, SmtpStage.End), (result.Outcome, result.Stage));
        Assert.Equal(bytes == Answer.Length, client.IsUsable);
        Assert.Equal(bytes == Answer.Length ? null : ConnectionFailure.Closed, result.Failure?.Kind);
    }

    // What the server says in turn; the cut comes after so many of them.
    private static readonly string[] Steps = ["250 sender\r\n", "250 recipient\r\n", "354 go\r\n"];

    [Theory]
    [InlineData(0, "", SmtpStage.Sender)]
    [InlineData(0, "25", SmtpStage.Sender)]
    [InlineData(1, "", SmtpStage.Recipients)]
    [InlineData(1, "250-half\r\n", SmtpStage.Recipients)]
    [InlineData(2, "", SmtpStage.Data)]
    [InlineData(2, "354", SmtpStage.Data)]
    [InlineData(0, "421 4.3.2 closing\r\n", SmtpStage.Sender)]
    [InlineData(1, "421 4.3.2 closing\r\n", SmtpStage.Recipients)]
    [InlineData(2, "421 4.3.2 closing\r\n", SmtpStage.Data)]
    [InlineData(2, "250 what?\r\n", SmtpStage.Data)]
    [InlineData(1, "hello there\r\n", SmtpStage.Recipients)]
    [InlineData(0, "354 go on\r\n", SmtpStage.Sender)]
    public async Task Before_the_content_nobody_has_it(int answered, string last, SmtpStage stage)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250 plain.example\r\n");
            for (var i = 0; i < answered; i++)
            {
                await talk.HearAsync();
                await talk.SayAsync(Steps[i]);
            }
            await talk.HearAsync();
            await talk.SayAsync(last);
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Mail);
        Assert.Equal((SmtpOutcome.NotSent, stage, false), (result.Outcome, result.Stage, client.IsUsable));
        Assert.NotEmpty(result.Explanation);
    }

    [Theory]
    [InlineData("", SmtpOutcome.NotSent)]
    [InlineData("552 5.3.4 enough\r\n", SmtpOutcome.Refused)]
    [InlineData("421 4.3.2 closing\r\n", SmtpOutcome.NotSent)]
    [InlineData("250 ok\r\n", SmtpOutcome.NotSent)]
    [InlineData("nonsense\r\n", SmtpOutcome.NotSent)]
    public async Task Half_way_through_nobody_has_it_and_the_reason_is_heard(string said, SmtpOutcome outcome)
    {
        // More than the sockets hold, so that the client is still writing.
        var large = Encoding.ASCII.GetBytes("Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 600_000)));
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250 plain.example\r\n");
            await talk.EnvelopeAsync();
            for (var lines = 0; lines < 100; lines++)
                await talk.HearAsync();
            await talk.SayAsync(said);
            // Closed at once, what is on its way would be lost with a reset; a real server reads on for a while.
            if (said.Length > 0)
                await talk.SilenceAsync();
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, large);
        Assert.Equal((outcome, SmtpStage.Content, false), (result.Outcome, result.Stage, client.IsUsable));
        Assert.Equal(said.Length > 0 && char.IsAsciiDigit(said[0]) && said[0] != '2', result.Reply is not null);
    }

    [Theory]
    [InlineData("nonsense\r\n")]
    [InlineData("250-a\r\n550 b\r\n")]
    [InlineData("354 more\r\n")]
    [InlineData("150 hm\r\n")]
    [InlineData("25\r\n")]
    public async Task An_answer_that_means_nothing_is_no_answer(string answer)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync(answer);
            await talk.SilenceAsync();
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Mail);
        Assert.Equal((SmtpOutcome.Unknown, ConnectionFailure.Protocol), (result.Outcome, result.Failure?.Kind));
    }

    [Fact]
    public async Task An_answer_that_never_comes_leaves_it_unknown()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SilenceAsync();
        });
        await using var client = await server.ConnectAsync(options: ScriptedSmtp.Quick with { FinalAnswer = TimeSpan.FromMilliseconds(300) });
        var result = await client.SendAsync(Envelope, Mail);
        Assert.Equal((SmtpOutcome.Unknown, ConnectionFailure.Timeout), (result.Outcome, result.Failure?.Kind));
    }

    [Fact]
    public async Task Who_cancels_before_the_content_has_not_sent_it()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.HearAsync();
            await cancel.CancelAsync();
            await talk.SilenceAsync();
        });
        await using var client = await server.ConnectAsync();
        var result = await client.SendAsync(Envelope, Mail, cancel.Token);
        Assert.Equal((SmtpOutcome.NotSent, SmtpStage.Sender, false), (result.Outcome, result.Stage, client.IsUsable));
    }

    [Theory]
    [InlineData(true, SmtpOutcome.Accepted)]
    [InlineData(false, SmtpOutcome.Unknown)]
    public async Task Who_cancels_while_the_answer_is_on_its_way_still_hears_it(bool comes, SmtpOutcome outcome)
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await cancel.CancelAsync();
            if (comes)
                await talk.SayAsync(Answer);
            await talk.SilenceAsync();
        });
        await using var client = await server.ConnectAsync(options: ScriptedSmtp.Quick with { FinalAnswerAfterCancel = TimeSpan.FromSeconds(comes ? 20 : 0.3) });
        Assert.Equal(outcome, (await client.SendAsync(Envelope, Mail, cancel.Token)).Outcome);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_was_closed_while_idle_has_not_sent_it()
    {
        var closed = new TaskCompletionSource();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.EnvelopeAsync();
            await talk.MailAsync();
            await talk.SayAsync(Answer + "421 4.4.2 idle too long\r\n");
            closed.SetResult();
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(Envelope, Mail)).Outcome);
        await closed.Task;
        var result = await client.SendAsync(Envelope, Mail);
        Assert.Equal((SmtpOutcome.NotSent, false), (result.Outcome, client.IsUsable));
        Assert.False(await client.CheckAsync());
        Assert.Equal(SmtpOutcome.NotSent, (await client.SendAsync(Envelope, Mail)).Outcome);
    }
}
