using System.Security.Cryptography;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>Greeting, STARTTLS and sign-in: every way it can go wrong has a kind and a sentence, and no secret is said where it should not be.</summary>
public class ConnectTests
{
    private static readonly MailCredentials Password = MailCredentials.ForPassword("shop@shop.example", "s3cret-pass");

    [Theory]
    [InlineData("554 5.7.1 go away\r\n", ConnectionFailure.Unavailable)]
    [InlineData("421 4.3.2 too busy\r\n", ConnectionFailure.Unavailable)]
    [InlineData("* OK IMAP4rev1 ready\r\n", ConnectionFailure.Protocol)]
    [InlineData("220-half\r\n", ConnectionFailure.Closed)]
    [InlineData("", ConnectionFailure.Closed)]
    public async Task A_server_that_does_not_greet_is_told_apart(string greeting, ConnectionFailure kind)
    {
        await using var server = new ScriptedSmtp(talk => talk.SayAsync(greeting));
        Assert.Equal(kind, (await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync())).Kind);
    }

    [Theory]
    [InlineData(200_000, 1)]
    [InlineData(10, 300)]
    public async Task Endless_answers_end(int length, int lines)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.SayAsync(string.Concat(Enumerable.Repeat($"220-{new string('x', length)}\r\n", lines)));
            await talk.SilenceAsync();
        });
        Assert.Equal(ConnectionFailure.Protocol, (await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync())).Kind);
    }

    [Fact]
    public async Task An_answer_that_drips_is_given_up_as_a_whole()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            while (true)
            {
                await talk.SayAsync("220-x\r\n");
                await Task.Delay(50);
            }
        });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync(options: ScriptedSmtp.Quick with { Greeting = TimeSpan.FromSeconds(1) }));
        Assert.Equal(ConnectionFailure.Timeout, failure.Kind);
    }

    [Fact]
    public async Task What_was_put_in_before_TLS_is_not_believed()
    {
        using var certificate = ScriptedSmtp.Certificate();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250-x\r\n250 STARTTLS\r\n");
            // The second answer is an attacker's: it would be taken for the one to EHLO under TLS.
            await talk.ExpectAsync("STARTTLS", "220 go\r\n250-evil\r\n250 SIZE 1\r\n");
            await talk.TlsAsync(certificate);
            await talk.ExpectAsync("EHLO", "250-true\r\n250 PIPELINING\r\n");
            await talk.GoodbyeAsync();
        });
        var trusted = server.Server(TransportSecurity.StartTls) with { Trust = new ServerTrust { PinnedSha256 = certificate.GetCertHashString(HashAlgorithmName.SHA256) } };
        await using var client = await SmtpClient.ConnectAsync(trusted, options: ScriptedSmtp.Quick);
        Assert.Equal(["PIPELINING"], client.Capabilities.Names);
        Assert.True(client.Connection.IsEncrypted);
        await client.QuitAsync();
    }

    [Theory]
    [InlineData("250 plain.example\r\n", null)]
    [InlineData("250-x\r\n250 STARTTLS\r\n", "454 4.7.0 not now\r\n")]
    public async Task Required_TLS_is_never_done_without(string capabilities, string? answer)
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync(capabilities);
            if (answer is not null)
                await talk.ExpectAsync("STARTTLS", answer);
            await Assert.ThrowsAsync<IOException>(talk.HearAsync);
        });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => SmtpClient.ConnectAsync(server.Server(TransportSecurity.StartTls), Password, ScriptedSmtp.Quick));
        Assert.Equal(ConnectionFailure.Tls, failure.Kind);
    }

    [Fact]
    public async Task A_mechanism_the_server_cannot_do_is_followed_by_the_next_and_nothing_secret_is_logged()
    {
        var log = new Heard();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("AUTH PLAIN AHNob3BAc2hvcC5leGFtcGxlAHMzY3JldC1wYXNz", "504 5.5.4 no\r\n");
            await talk.ExpectAsync("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n");
            await talk.ExpectAsync("c2hvcEBzaG9wLmV4YW1wbGU=", "334 Password:\r\n");
            await talk.ExpectAsync("czNjcmV0LXBhc3M=", "235 2.7.0 welcome s3cret-pass\r\n");
            await talk.GoodbyeAsync();
        });
        await using var client = await server.ConnectAsync(Password, log: log);
        await client.QuitAsync();
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("s3cret", StringComparison.Ordinal) || line.Contains("czNj", StringComparison.Ordinal) || line.Contains("MzY3JldC1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("AUTH PLAIN", "535 5.7.8 wrong\r\n");
            await Assert.ThrowsAsync<IOException>(talk.HearAsync);
        });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync(Password));
        Assert.Equal(ConnectionFailure.Authentication, failure.Kind);
        Assert.Contains("535 5.7.8 wrong", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_check_a_password_now_does_not_make_it_wrong()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("AUTH PLAIN", "454 4.7.0 directory is down\r\n");
        });
        Assert.Equal(ConnectionFailure.Unavailable, (await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync(Password))).Kind);
    }

    [Fact]
    public async Task A_token_that_is_too_long_for_a_command_is_said_when_asked_for_and_the_reason_of_a_refusal_is_told()
    {
        var token = new string('t', 2000);
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync();
            await talk.ExpectAsync("AUTH XOAUTH2", "334 \r\n");
            Assert.True((await talk.HearAsync()).Length > 2600);
            await talk.SayAsync("334 eyJzdGF0dXMiOiI0MDAifQ==\r\n");
            Assert.Equal("", await talk.HearAsync());
            await talk.SayAsync("535 5.7.8 no\r\n");
        });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync(MailCredentials.ForToken("shop@shop.example", token)));
        Assert.Equal(ConnectionFailure.Authentication, failure.Kind);
        Assert.Contains("{\"status\":\"400\"}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tttt", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_asks_for_ever_is_given_up()
    {
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.OpenAsync("250-x\r\n250 AUTH=LOGIN\r\n");
            while (true)
            {
                await talk.HearAsync();
                await talk.SayAsync("334 more\r\n");
            }
        });
        Assert.Equal(ConnectionFailure.Authentication, (await Assert.ThrowsAsync<MailConnectionException>(() => server.ConnectAsync(Password))).Kind);
    }

    private sealed class Heard : IProtocolLog
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public void Sent(string line) => Add(line);

        public void Received(string line) => Add(line);

        public void Event(string what) => Add(what);

        private void Add(string line)
        {
            lock (_lines)
                _lines.Add(line);
        }
    }
}
