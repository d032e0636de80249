using System.Globalization;
using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Tests.Mail.Net;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.ServiceDefaults;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Every way in, and what is said where there is none.</summary>
public sealed class DovecotLoginTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    [Theory]
    [InlineData(TransportSecurity.ImplicitTls)]
    [InlineData(TransportSecurity.StartTls)]
    [InlineData(TransportSecurity.None)]
    public async Task A_password_logs_in_and_is_in_no_log(TransportSecurity security)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var log = new RecordingLog();
        await using var client = await ImapClient.ConnectAsync(ImapLogin.Server(servers, security), log: log);
        Assert.Equal(security != TransportSecurity.None, client.Connection.IsEncrypted);
        Assert.False(client.Capabilities.QResync);
        await client.LoginAsync(MailCredentials.ForPassword(user.Address, user.Password));
        Assert.True(client.Capabilities is { QResync: true, Idle: true, Move: true, UidPlus: true, SpecialUse: true, LiteralPlus: true, ESearch: true });
        await client.LogoutAsync();
        Assert.DoesNotContain(user.Password, log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user.Address}\0{user.Password}")), log.Text, StringComparison.Ordinal);
        Assert.Contains("C: AUTHENTICATE ***", log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("XOAUTH2")]
    [InlineData("OAUTHBEARER")]
    public async Task Each_mechanism_logs_in_with_the_right_secret_and_is_refused_with_a_wrong_one(string name)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var token = $"token-of-{user.Address}";
        servers.Tokens.Grant(token, user);
        var server = ImapLogin.Server(servers);
        SaslMechanism Mechanism(string password, string bearer) => name switch
        {
            "PLAIN" => new SaslPlain(user.Address, password),
            "LOGIN" => new SaslLogin(user.Address, password),
            "XOAUTH2" => new SaslXOAuth2(user.Address, bearer),
            _ => new SaslOAuthBearer(user.Address, bearer, server.Host, server.Port),
        };

        var log = new RecordingLog();
        await using (var client = await ImapClient.ConnectAsync(server, log: log))
        {
            var refused = await Assert.ThrowsAsync<MailConnectionException>(() => client.AuthenticateAsync(Mechanism("wrong-password", "wrong-token")));
            Assert.Equal(ConnectionFailure.Authentication, refused.Kind);
            Assert.False(client.IsAuthenticated);
            // A refusal leaves the connection as it was.
            await client.AuthenticateAsync(Mechanism(user.Password, token));
            Assert.True(client.IsAuthenticated);
            Assert.Equal(0u, (await client.SelectAsync("INBOX")).Exists);
        }
        Assert.All((string[])["wrong-password", "wrong-token", user.Password, token], secret => Assert.DoesNotContain(secret, log.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_logs_in_by_the_best_mechanism_and_a_refused_one_tells_why()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Tokens.Grant("token-for-login", user);
        await using var client = await ImapClient.ConnectAsync(ImapLogin.Server(servers));
        var refused = await Assert.ThrowsAsync<MailConnectionException>(() => client.LoginAsync(MailCredentials.ForToken(user.Address, "token-unknown")));
        Assert.Contains("\"status\":\"invalid_token\"", refused.Message, StringComparison.Ordinal);
        await client.LoginAsync(MailCredentials.ForToken(user.Address, "token-for-login"));
        Assert.True(client.IsAuthenticated);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_with_its_fingerprint_which_can_be_pinned()
    {
        if (!mail.TryGet(out var servers)) return;
        var server = ImapLogin.Server(servers) with { Trust = ServerTrust.System };
        var refused = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(server));
        Assert.Equal(ConnectionFailure.Certificate, refused.Kind);
        Assert.Equal([CertificateProblem.SelfSigned], refused.Certificate!.Problems);
        Assert.Contains("localhost", refused.Certificate.Names);

        var pin = string.Join(':', refused.Certificate.Sha256.Chunk(2).Select(pair => new string(pair).ToLower(CultureInfo.InvariantCulture)));
        await using (var client = await ImapClient.ConnectAsync(server with { Trust = new ServerTrust { PinnedSha256 = pin } }))
            Assert.True(client.Connection.IsEncrypted);

        var other = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(server with { Trust = new ServerTrust { PinnedSha256 = new string('a', 64), ExtraRoots = [servers.Certificate] } }));
        Assert.Equal([CertificateProblem.NotPinned], other.Certificate!.Problems);
        var bad = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(server with { Trust = new ServerTrust { PinnedSha256 = "abc" } }));
        Assert.Contains("64 hexadecimal digits", bad.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_says_so_also_under_STARTTLS()
    {
        if (!mail.TryGet(out var servers)) return;
        var late = new FixedTime(TimeProvider.System.GetUtcNow().AddYears(3));
        foreach (var security in (TransportSecurity[])[TransportSecurity.ImplicitTls, TransportSecurity.StartTls])
        {
            var expired = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(ImapLogin.Server(servers, security), time: late));
            Assert.Equal([CertificateProblem.Expired], expired.Certificate!.Problems);
            Assert.Contains("expired on", expired.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TLS_on_the_wrong_port_is_explained()
    {
        if (!mail.TryGet(out var servers)) return;
        var tls = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(ImapLogin.Server(servers) with { Port = servers.ImapPort }));
        Assert.Equal(ConnectionFailure.Tls, tls.Kind);
        Assert.Contains("STARTTLS port", tls.Message, StringComparison.Ordinal);
        var plain = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(
            ImapLogin.Server(servers, TransportSecurity.StartTls) with { Port = servers.ImapsPort }, connectionLimits: new ConnectionLimits { Read = TimeSpan.FromMilliseconds(300) }));
        Assert.Equal(ConnectionFailure.Timeout, plain.Kind);
        Assert.Contains("TLS from the first byte", plain.Message, StringComparison.Ordinal);
    }
}
