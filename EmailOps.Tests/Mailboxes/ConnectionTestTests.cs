using System.Security.Cryptography;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Tests.MailServers;

namespace EmailOps.Tests.Mailboxes;

/// <summary>The test connection against a real Dovecot and a real SMTP server: that it finds what is there, and what it says when something is not.</summary>
public sealed class ConnectionTestTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    private const string Host = "127.0.0.1";

    private static string Pin(MailServerPair servers) => servers.Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static MailboxSettings Good(MailServerPair servers) => new()
    {
        Imap = new MailServerSettings(Host, servers.ImapsPort, MailSecurity.Tls, CertificateSha256: Pin(servers)),
        Smtp = new MailServerSettings(Host, servers.SmtpsPort, MailSecurity.Tls, CertificateSha256: Pin(servers)),
        PollSeconds = 45,
    };

    private static Task<ConnectionReport> TestAsync(string address, MailboxSettings settings, string? secret, string? smtpSecret = null)
        => new ConnectionTest(new RemoteProviders([]), (_, _) => (_, _) => throw new InvalidOperationException("No token is needed here."), TimeProvider.System).RunAsync(new OpenedMailbox(new MailboxSetup(1, address, address, settings, true, false, true, 1, []), secret, smtpSecret), CancellationToken.None);

    private static ConnectionStep Failed(ConnectionReport report)
    {
        Assert.False(report.Ok);
        var failed = report.Steps.First(s => !s.Ok);
        Assert.False(string.IsNullOrWhiteSpace(failed.Fix), $"{failed} has no fix");
        return failed;
    }

    [Theory]
    [InlineData(MailSecurity.Tls)]
    [InlineData(MailSecurity.StartTls)]
    public async Task What_works_is_told_step_by_step_and_nothing_is_sent_or_changed(MailSecurity security)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, "Subject: One\r\n\r\n1", "Subject: Two\r\n\r\n2");
        var good = Good(servers);
        var settings = security == MailSecurity.Tls ? good : good with
        {
            Imap = good.Imap! with { Port = servers.ImapPort, Security = security },
            Smtp = good.Smtp! with { Port = servers.SmtpPort, Security = security },
        };
        var report = await TestAsync(user.Address, settings, user.Password);
        Assert.True(report.Ok, string.Join('\n', report.Steps));
        Assert.Equal(["Connection", "TLS", "Greeting", "Sign-in", "Abilities", "Folder", "Sent folder"], report.Steps.Where(s => s.Service == "IMAP").Select(s => s.Step));
        Assert.Equal(["Connection", "TLS", "Greeting", "Sign-in", "Size"], report.Steps.Where(s => s.Service == "SMTP").Select(s => s.Step));
        string Detail(string service, string step) => report.Steps.Single(s => s.Service == service && s.Step == step).Detail;
        Assert.Contains("TLS 1.3", Detail("IMAP", "TLS"), StringComparison.Ordinal);
        Assert.Contains("localhost", Detail("SMTP", "TLS"), StringComparison.Ordinal);
        Assert.Matches("more days|expires in", Detail("IMAP", "TLS"));
        Assert.Contains("INBOX has 2 messages", Detail("IMAP", "Folder"), StringComparison.Ordinal);
        Assert.Contains("(IDLE)", Detail("IMAP", "Abilities"), StringComparison.Ordinal);
        Assert.Contains("into Sent, which the server names", Detail("IMAP", "Sent folder"), StringComparison.Ordinal);
        Assert.Contains("30 MB", Detail("SMTP", "Size"), StringComparison.Ordinal);
        Assert.Empty(servers.Sink.ReceivedFrom(user));
        Assert.All(report.Steps, s => Assert.DoesNotContain(user.Password, s.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_stops_at_the_sign_in_of_both()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var report = await TestAsync(user.Address, Good(servers), "wrong password");
        Assert.Equal(["IMAP", "SMTP"], report.Steps.Where(s => s is { Ok: false, Step: "Sign-in" }).Select(s => s.Service));
        Assert.Contains("password again", Failed(report).Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Steps, s => s.Step == "Folder");
        Assert.All(report.Steps, s => Assert.DoesNotContain("wrong password", s.ToString(), StringComparison.Ordinal));
        Assert.Contains("Enter it", Failed(await TestAsync(user.Address, Good(servers), null)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_oauth_token_signs_in_and_an_expired_one_is_explained()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var token = $"token-{Guid.NewGuid():N}";
        servers.Tokens.Grant(token, user);
        var good = Good(servers);
        var settings = good with { Imap = good.Imap! with { Authentication = MailAuthentication.OAuth2 }, Smtp = good.Smtp! with { Authentication = MailAuthentication.OAuth2 } };
        var report = await TestAsync(user.Address, settings, token);
        Assert.True(report.Ok, string.Join('\n', report.Steps));
        Assert.Contains("access token is not accepted", Failed(await TestAsync(user.Address, settings, "expired-token")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wrong_protection_for_a_port_is_told_with_the_right_one()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var good = Good(servers);
        async Task<ConnectionStep> ImapAsync(int port, MailSecurity security) => Failed(await TestAsync(user.Address, good with { Smtp = null, Imap = good.Imap! with { Port = port, Security = security } }, user.Password));
        async Task<ConnectionStep> SmtpAsync(int port, MailSecurity security) => Failed(await TestAsync(user.Address, good with { Imap = null, Smtp = good.Smtp! with { Port = port, Security = security } }, user.Password));

        var plainPort = await ImapAsync(servers.ImapPort, MailSecurity.Tls);
        Assert.Contains("Choose STARTTLS", plainPort.Fix, StringComparison.Ordinal);
        Assert.Contains("993", plainPort.Fix, StringComparison.Ordinal);
        Assert.Contains("Choose STARTTLS", (await SmtpAsync(servers.SmtpPort, MailSecurity.Tls)).Fix, StringComparison.Ordinal);
        Assert.Contains("Choose TLS", (await ImapAsync(servers.ImapsPort, MailSecurity.StartTls)).Fix, StringComparison.Ordinal);
        Assert.Contains("Choose TLS", (await SmtpAsync(servers.SmtpsPort, MailSecurity.StartTls)).Fix, StringComparison.Ordinal);
        Assert.Contains("offers no STARTTLS", (await SmtpAsync(servers.PlainPort, MailSecurity.StartTls)).Fix, StringComparison.Ordinal);
        Assert.Contains("This is a SMTP server", (await ImapAsync(servers.PlainPort, MailSecurity.StartTls)).Fix?.Replace("an SMTP", "a SMTP", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("IMAP server", (await SmtpAsync(servers.ImapsPort, MailSecurity.Tls)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_comes_with_its_fingerprint_to_pin()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var good = Good(servers);
        var step = Failed(await TestAsync(user.Address, good with { Imap = good.Imap! with { CertificateSha256 = null } }, user.Password));
        Assert.Equal(("IMAP", "TLS"), (step.Service, step.Step));
        Assert.Contains(Pin(servers), step.Fix, StringComparison.Ordinal);
        var changed = Failed(await TestAsync(user.Address, good with { Imap = good.Imap! with { CertificateSha256 = new string('A', 64) } }, user.Password));
        Assert.Contains("another certificate than the one that was pinned", changed.Fix, StringComparison.Ordinal);
        Assert.Contains(Pin(servers), changed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_and_one_for_another_name_say_so()
    {
        using var expired = ScriptedServer.Certificate("localhost", TimeSpan.FromDays(-30), TimeSpan.FromDays(-3));
        using var other = ScriptedServer.Certificate("mail.other.example", TimeSpan.FromDays(-3), TimeSpan.FromDays(30));
        await using var old = new ScriptedServer("* OK ready", certificate: expired);
        await using var wrong = new ScriptedServer("* OK ready", certificate: other);
        var renew = Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings("localhost", old.Port, MailSecurity.Tls) }, "x"));
        Assert.Contains("renew", renew.Fix, StringComparison.Ordinal);
        Assert.Contains("expired on", renew.Detail, StringComparison.Ordinal);
        var name = Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings("localhost", wrong.Port, MailSecurity.Tls) }, "x"));
        Assert.Contains("mail.other.example", name.Detail, StringComparison.Ordinal);
        Assert.Contains(other.GetCertHashString(HashAlgorithmName.SHA256), name.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_are_not_there_come_with_those_that_may_be_meant_and_all_are_looked_at()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await servers.DoveadmAsync("mailbox", "create", "-u", user.Address, "Kunden/Support", "Größe");
        var good = Good(servers);
        var report = await TestAsync(user.Address, good with { Folders = ["inbox", "suport", "Größe", "Nowhere at all"], AfterStored = AfterStored.Move, MoveTo = "Archiv", SentFolder = "Sentt" }, user.Password);
        var folders = report.Steps.Where(s => s.Step == "Folder").ToArray();
        Assert.Equal([true, false, true, false], folders.Select(f => f.Ok));
        Assert.Contains("Kunden/Support", folders[1].Fix, StringComparison.Ordinal);
        Assert.Contains("The server has", folders[3].Fix, StringComparison.Ordinal);
        Assert.Contains("Did you mean Archive", report.Steps.Single(s => s.Step == "Move to").Fix, StringComparison.Ordinal);
        Assert.Contains("Did you mean Sent", report.Steps.Single(s => s.Step == "Sent folder").Fix, StringComparison.Ordinal);
        var parent = await TestAsync(user.Address, good with { Smtp = null, Folders = ["Kunden"] }, user.Password);
        Assert.Contains("Kunden/Support", parent.Steps.Single(s => s.Step == "Folder").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_and_an_unknown_name_are_told_apart()
    {
        var closed = FreePorts.Take();
        var refused = Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings(Host, closed, MailSecurity.Tls) }, "x"));
        Assert.Equal("Connection", refused.Step);
        Assert.Contains($"Nothing listens on port {closed}", refused.Fix, StringComparison.Ordinal);
        var unknown = Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings("imap.no-such-host.invalid", 993, MailSecurity.Tls) }, "x"));
        Assert.Equal("Name", unknown.Step);
        Assert.Contains("Check the spelling", unknown.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)", "app password")]
    [InlineData("NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)", "by browser once")]
    [InlineData("NO [AUTHENTICATIONFAILED] Your account is not enabled for IMAP use. Please enable IMAP.", "IMAP is switched off")]
    [InlineData("NO [LIMIT] Too many failed attempts", "few minutes")]
    [InlineData("NO LOGIN failed.", "password again")]
    [InlineData("BAD nonsense", "password again")]
    public async Task The_refusals_of_providers_are_understood(string refusal, string expected)
    {
        await using var server = ScriptedServer.ImapRefusing(refusal);
        var step = Failed(await TestAsync("help@shop.example", new MailboxSettings { Imap = new MailServerSettings(Host, server.Port, MailSecurity.None) }, "secret-of-this-test"));
        Assert.Equal("Sign-in", step.Step);
        Assert.Contains(expected, step.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-this-test", step.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "OAuth 2.0")]
    [InlineData("535 5.7.8 Username and Password not accepted. For more information, app password", "app password")]
    [InlineData("530 5.7.57 Client not authenticated to send mail.", "Authenticated SMTP")]
    [InlineData("454 4.7.0 Too many login attempts, please try again later.", "Wait")]
    public async Task The_refusals_of_providers_are_understood_for_sending(string refusal, string expected)
    {
        await using var server = ScriptedServer.SmtpRefusing(refusal);
        var step = Failed(await TestAsync("help@shop.example", new MailboxSettings { Smtp = new MailServerSettings(Host, server.Port, MailSecurity.None) }, "secret-of-this-test"));
        Assert.Equal(("SMTP", "Sign-in"), (step.Service, step.Step));
        Assert.Contains(expected, step.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request", "web server")]
    [InlineData("SSH-2.0-OpenSSH_9.2", "SSH server")]
    [InlineData("+OK POP3 ready", "POP3 server")]
    public async Task What_is_no_mail_server_is_named(string greeting, string expected)
    {
        await using var server = new ScriptedServer(greeting);
        foreach (var security in (MailSecurity[])[MailSecurity.None, MailSecurity.Tls])
            Assert.Contains(expected, Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings(Host, server.Port, security) }, "x")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_a_hostile_server_are_cut_and_hold_no_control_characters()
    {
        await using var server = ScriptedServer.ImapRefusing($"NO \u001b[31m{new string('x', 200_000)}");
        var step = Failed(await TestAsync("a@shop.example", new MailboxSettings { Imap = new MailServerSettings(Host, server.Port, MailSecurity.None) }, "x"));
        Assert.True(step.Detail.Length < 700);
        Assert.DoesNotContain(step.Detail, char.IsControl);
    }

    [Fact]
    public async Task Nothing_to_test_is_said()
        => Assert.Contains("IMAP server", Failed(await TestAsync("a@shop.example", new MailboxSettings(), null)).Fix, StringComparison.Ordinal);

    [Theory]
    [InlineData("someone@gmail.com", "imap.gmail.com", "smtp.gmail.com", false)]
    [InlineData("Someone@Outlook.com", "outlook.office365.com", "smtp.office365.com", true)]
    [InlineData("someone@web.de", "imap.web.de", "smtp.web.de", true)]
    public async Task Providers_are_known_by_their_addresses(string address, string imap, string smtp, bool saveSent)
    {
        var found = await new SettingsFinder(TimeProvider.System).FindAsync(address, CancellationToken.None);
        Assert.Equal((imap, smtp, saveSent), (found.Imap!.Host, found.Smtp!.Host, found.SaveSent));
        Assert.NotNull(found.Note);
        Assert.Null(new MailboxSettings { Imap = found.Imap, Smtp = found.Smtp }.Problem());
    }

    [Fact]
    public async Task For_a_domain_without_servers_finding_says_what_to_do()
    {
        var found = await new SettingsFinder(TimeProvider.System).FindAsync("a@no-such-domain.invalid", CancellationToken.None);
        Assert.Equal((null, null), (found.Imap, found.Smtp));
        Assert.Contains("under More", found.Note, StringComparison.Ordinal);
    }
}
