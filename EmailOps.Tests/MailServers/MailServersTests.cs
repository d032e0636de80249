using System.Text;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Tests.MailServers;

/// <summary>That the servers the other tests trust do what they say; spoken to by hand, so that our clients are not their own judges.</summary>
public sealed class MailServersTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    private const string Mail = "From: Ada <ada@customer.example>\r\nSubject: Hello\r\n\r\n.dots\r\nand words\r\n";

    [Fact]
    public async Task Every_way_of_delivery_reaches_the_mailbox_of_its_user_only()
    {
        if (!mail.TryGet(out var servers)) return;
        var (user, other) = (await servers.AddUserAsync(), await servers.AddUserAsync());
        await servers.Delivery.LmtpAsync(user, Mail);
        servers.Delivery.Drop(user, Enumerable.Range(0, 500).Select(i => Mail.Replace("Hello", $"Hello {i}", StringComparison.Ordinal)));
        await servers.Delivery.SaveAsync(user, Encoding.UTF8.GetBytes(Mail));
        await servers.Delivery.SaveAsync(user, Encoding.UTF8.GetBytes(Mail), "Archive");

        using var imap = await Line.ImapAsync(servers, user);
        Assert.Contains("* 502 EXISTS", await imap.AskAsync("SELECT INBOX"), StringComparison.Ordinal);
        Assert.Contains("* 1 EXISTS", await imap.AskAsync("SELECT Archive"), StringComparison.Ordinal);
        Assert.Equal(502, servers.Delivery.Stored(user).Count());
        using var empty = await Line.ImapAsync(servers, other);
        Assert.Contains("* 0 EXISTS", await empty.AskAsync("SELECT INBOX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_servers_take_a_password_and_a_token_and_refuse_others()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Tokens.Grant("good-token", user);
        string Bearer(string token) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"user={user.Address}\u0001auth=Bearer {token}\u0001\u0001"));

        using (var imap = await Line.OpenAsync(servers, servers.ImapsPort, tls: true)) Assert.Contains("a OK", await imap.AskAsync($"AUTHENTICATE XOAUTH2 {Bearer("good-token")}"), StringComparison.Ordinal);
        using (var smtp = await Line.OpenAsync(servers, servers.SmtpsPort, tls: true))
        {
            await smtp.SayAsync("EHLO test", "250 ");
            Assert.StartsWith("235", await smtp.SayAsync($"AUTH XOAUTH2 {Bearer("good-token")}", "235"), StringComparison.Ordinal);
        }
        servers.Tokens.Revoke("good-token");
        using (var smtp = await Line.OpenAsync(servers, servers.SmtpsPort, tls: true))
        {
            await smtp.SayAsync("EHLO test", "250 ");
            await smtp.SayAsync($"AUTH XOAUTH2 {Bearer("good-token")}", "334");
            await smtp.SayAsync("", "535");
        }
        using var wrong = await Line.OpenAsync(servers, servers.ImapPort);
        Assert.Contains("AUTHENTICATIONFAILED", await wrong.AskAsync($"LOGIN {user.Address} wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sink_keeps_mail_with_its_envelope_and_fails_as_it_is_told()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Sink.Fail(user, "end", new SinkFault("451 4.3.0 later", Times: 1));
        using (var smtp = await Line.OpenAsync(servers, servers.PlainPort))
        {
            await smtp.SayAsync("EHLO test", "250 ");
            foreach (var end in (string[])["451", "250"])
            {
                await smtp.SayAsync($"MAIL FROM:<{user.Address}>", "250");
                await smtp.SayAsync("RCPT TO:<reject@customer.example>", "550");
                await smtp.SayAsync("RCPT TO:<defer@customer.example>", "451");
                await smtp.SayAsync("RCPT TO:<ada@customer.example>", "250");
                await smtp.SayAsync("DATA", "354");
                await smtp.SayAsync($"{Mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal)}.", end);
            }
        }
        var kept = Assert.Single(servers.Sink.ReceivedFrom(user));
        Assert.Equal(["ada@customer.example"], kept.To);
        Assert.Equal(Mail, Encoding.UTF8.GetString(kept.Raw));
        Assert.Equal("Hello", kept.Header("subject"));

        servers.Sink.Fail(user, "stored", new SinkFault(Close: true));
        using var cut = await Line.OpenAsync(servers, servers.PlainPort);
        await cut.SayAsync("EHLO test", "250 ");
        await cut.SayAsync($"MAIL FROM:<{user.Address}>", "250");
        await cut.SayAsync("RCPT TO:<ada@customer.example>", "250");
        await cut.SayAsync("DATA", "354");
        await Assert.ThrowsAnyAsync<IOException>(() => cut.SayAsync($"{Mail}.", "250"));
        Assert.Equal(2, servers.Sink.ReceivedFrom(user).Count);
    }

    [Fact]
    public async Task Dovecot_comes_back_with_its_mails_and_can_renumber_them()
    {
        if (await MailServerPair.MissingAsync() is not null) return; // the tests above say so
        await using var servers = await MailServerPair.StartAsync();
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mail, Mail);
        async Task<(string Validity, string Uids)> LookAsync()
        {
            using var imap = await Line.ImapAsync(servers, user);
            var selected = await imap.AskAsync("SELECT INBOX");
            var at = selected.IndexOf("UIDVALIDITY ", StringComparison.Ordinal) + 12;
            return (selected[at..selected.IndexOf(']', at)], await imap.AskAsync("UID SEARCH ALL"));
        }

        var first = await LookAsync();
        await servers.KillImapAsync();
        await servers.StartImapAsync();
        Assert.Equal(first, await LookAsync());
        await servers.StopImapAsync();
        await servers.StartImapAsync();
        Assert.Equal(first, await LookAsync());

        await servers.RenewUidValidityAsync(user);
        var renewed = await LookAsync();
        Assert.NotEqual(first.Validity, renewed.Validity);
        Assert.Contains("SEARCH 1 2", renewed.Uids, StringComparison.Ordinal);
    }
}
