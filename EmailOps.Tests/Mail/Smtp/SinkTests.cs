using System.Text;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Mail;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;
using EmailOps.Mail.Writing;
using EmailOps.Tests.MailServers;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>Against a real submission server: what it kept is what was written.</summary>
public sealed class SinkTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    [Theory]
    [InlineData(TransportSecurity.StartTls, "PLAIN")]
    [InlineData(TransportSecurity.ImplicitTls, "PLAIN")]
    [InlineData(TransportSecurity.StartTls, "token")]
    [InlineData(TransportSecurity.None, "nobody")]
    public async Task A_mail_arrives_as_it_was_written(TransportSecurity security, string how)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Tokens.Grant("token-of-" + user.Address, user);
        var credentials = how switch { "PLAIN" => MailCredentials.ForPassword(user.Address, user.Password), "token" => MailCredentials.ForToken(user.Address, "token-of-" + user.Address), _ => null };
        await using var client = await SmtpClient.ConnectAsync(Server(servers, security), credentials);
        Assert.Equal(security != TransportSecurity.None, client.Connection.IsEncrypted);

        var sent = new List<byte[]>();
        for (var seed = 0; seed < 20; seed++)
        {
            var bytes = MailWriter.ToBytes(new Writing.Samples(seed).Mail()).ToArray();
            var result = await client.SendAsync(new SmtpEnvelope(user.Address, ["kim@customer.example"]), bytes);
            Assert.Equal((SmtpOutcome.Accepted, "2.0.0"), (result.Outcome, result.Status));
            sent.Add(bytes);
        }
        await client.QuitAsync();
        Assert.Equal(sent, servers.Sink.ReceivedFrom(user).Select(kept => kept.Raw));
        Assert.All(servers.Sink.ReceivedFrom(user), kept => Assert.Equal(credentials is null ? null : user.Address, kept.Login));
    }

    [Fact]
    public async Task Two_thousand_lines_that_begin_with_dots_arrive()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await SmtpClient.ConnectAsync(Server(servers, TransportSecurity.None));
        var bytes = Encoding.ASCII.GetBytes("Subject: dots\r\n\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => new string('.', 1 + (i % 5)) + (i % 3 == 0 ? "" : "x") + "\r\n")));
        Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(new SmtpEnvelope(user.Address, ["kim@customer.example"]), bytes)).Outcome);
        Assert.Equal(bytes, Assert.Single(servers.Sink.ReceivedFrom(user)).Raw);
    }

    [Fact]
    public async Task Each_recipient_has_its_own_answer()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await SmtpClient.ConnectAsync(Server(servers, TransportSecurity.None));
        var result = await client.SendAsync(new SmtpEnvelope(user.Address, ["reject@x.example", "kim@customer.example", "defer@x.example"]), Plain());
        Assert.Equal(SmtpOutcome.Accepted, result.Outcome);
        Assert.Equal([RecipientState.Refused, RecipientState.Accepted, RecipientState.Deferred], result.Recipients.Select(recipient => recipient.State));
        Assert.Equal(["5.1.1", "2.1.5", "4.7.1"], result.Recipients.Select(recipient => recipient.Reply!.Status));
        Assert.Equal(["kim@customer.example"], Assert.Single(servers.Sink.ReceivedFrom(user)).To);

        var none = await client.SendAsync(new SmtpEnvelope(user.Address, ["reject@x.example"]), Plain());
        Assert.Equal((SmtpOutcome.Refused, true), (none.Outcome, none.IsPermanent));
        Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(new SmtpEnvelope(user.Address, ["kim@customer.example"]), Plain())).Outcome);
    }

    [Fact]
    public async Task An_address_beyond_ASCII_arrives_in_envelope_and_header()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await SmtpClient.ConnectAsync(Server(servers, TransportSecurity.None));
        var written = Writing.RoundTripTests.Plain("Grüße") with { To = [new Address("Jörg", "jörg@bücher.example")] };
        Assert.True(written.NeedsSmtpUtf8);
        Assert.Equal(SmtpOutcome.Accepted, (await client.SendAsync(new SmtpEnvelope(user.Address, ["jörg@bücher.example"]), MailWriter.ToBytes(written))).Outcome);
        var kept = Assert.Single(servers.Sink.ReceivedFrom(user));
        Assert.Contains("SMTPUTF8", kept.Options);
        Assert.Equal("jörg@xn--bcher-kva.example", Assert.Single(kept.To));
        Assert.Equal([new Address("Jörg", "jörg@xn--bcher-kva.example")], MailMessage.Parse(kept.Raw).To);
    }

    [Fact]
    public async Task A_mail_beyond_the_server_s_size_is_not_even_offered()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var client = await SmtpClient.ConnectAsync(Server(servers, TransportSecurity.None));
        var large = MailWriter.ToBytes(Writing.RoundTripTests.Plain("large") with { Files = [new OutgoingFile("a.bin", "application/octet-stream", new byte[23_000_000])] });
        var result = await client.SendAsync(new SmtpEnvelope("shop@shop.example", ["kim@customer.example"]), large);
        Assert.Equal((SmtpOutcome.Refused, SmtpStage.Start, true, "5.3.4"), (result.Outcome, result.Stage, result.IsPermanent, result.Status));
    }

    [Fact]
    public async Task A_wrong_password_and_an_untrusted_certificate_are_told_apart()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var wrong = await Assert.ThrowsAsync<MailConnectionException>(() => SmtpClient.ConnectAsync(Server(servers, TransportSecurity.StartTls), MailCredentials.ForPassword(user.Address, "wrong")));
        Assert.Equal(ConnectionFailure.Authentication, wrong.Kind);
        var strange = await Assert.ThrowsAsync<MailConnectionException>(() => SmtpClient.ConnectAsync(Server(servers, TransportSecurity.ImplicitTls) with { Trust = ServerTrust.System }));
        Assert.Equal(ConnectionFailure.Certificate, strange.Kind);
        var revoked = await Assert.ThrowsAsync<MailConnectionException>(() => SmtpClient.ConnectAsync(Server(servers, TransportSecurity.ImplicitTls), MailCredentials.ForToken(user.Address, "never-granted")));
        Assert.Equal(ConnectionFailure.Authentication, revoked.Kind);
    }

    [Theory]
    [InlineData("stored", SmtpOutcome.Unknown, 1)]
    [InlineData("end", SmtpOutcome.Unknown, 0)]
    [InlineData("data", SmtpOutcome.NotSent, 0)]
    [InlineData("rcpt", SmtpOutcome.NotSent, 0)]
    [InlineData("mail", SmtpOutcome.NotSent, 0)]
    public async Task A_server_that_hangs_up_leaves_no_doubt_that_is_not_there(string step, SmtpOutcome outcome, int kept)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await SmtpClient.ConnectAsync(Server(servers, TransportSecurity.StartTls), MailCredentials.ForPassword(user.Address, user.Password));
        servers.Sink.Fail(user, step, new SinkFault(Close: true));
        Assert.Equal(outcome, (await client.SendAsync(new SmtpEnvelope(user.Address, ["kim@customer.example"]), Plain())).Outcome);
        Assert.Equal(kept, servers.Sink.ReceivedFrom(user).Count);
    }

    private static ReadOnlyMemory<byte> Plain() => MailWriter.ToBytes(Writing.RoundTripTests.Plain("words"));

    private static MailServer Server(MailServerPair servers, TransportSecurity security) => new(MailServerPair.Host,
        security switch { TransportSecurity.StartTls => servers.SmtpPort, TransportSecurity.ImplicitTls => servers.SmtpsPort, _ => servers.PlainPort }, security)
    { Trust = new ServerTrust { ExtraRoots = [servers.Certificate] } };
}
