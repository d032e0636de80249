using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Tests.Mail.Net;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Servers that break off, say too much, or say nothing: each ends as a failure of a kind, in bounded time.</summary>
public sealed class BrokenSessionTests
{
    private const string Enter = """
        S: * OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE] ready
        C: LOGIN
        S: <tag> OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE] in
        C: SELECT
        S: * 3 EXISTS
        S: <tag> OK done

        """;

    [Theory]
    [InlineData("S: * BYE Server shutting down.\nX:", ConnectionFailure.Closed, "Server shutting down")]
    [InlineData("S: * BYE Session expired, please login again.\nW:", ConnectionFailure.Closed, "Session expired")]
    [InlineData("S~ * 1 FETCH (UID 1 BODY[] {500}\\r\\nhalf of a mess\nX:", ConnectionFailure.Closed, "closed")]
    [InlineData("S~ * 1 FETCH (UID 1 BODY[] {500}\\r\\nhalf of a mess\nW:", ConnectionFailure.Timeout, "said nothing")]
    [InlineData("S: * 1 FETCH (UID 1 BODY[] {99999999999}\nW:", ConnectionFailure.Protocol, "99999999999 bytes")]
    [InlineData("S: * 1 FETCH (UID 1 ENVELOPE ({99999999}\nW:", ConnectionFailure.Protocol, "bytes in one answer")]
    [InlineData("S~ * 1 FETCH (UID 1 FLAGS (12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\nW:", ConnectionFailure.Protocol, "longer than 100 bytes")]
    [InlineData("X:", ConnectionFailure.Closed, "closed")]
    public async Task A_fetch_that_breaks_off_says_how(string rest, ConnectionFailure kind, string words)
    {
        await using var server = new ScriptedServer(Enter + "C: UID FETCH\n" + rest);
        await using var client = await OpenAsync(server, new ConnectionLimits { Read = TimeSpan.FromMilliseconds(300), MaxLine = 100, ReadBuffer = 16 });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => ReadAllAsync(client, 1, 3));
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task A_server_that_drips_for_ever_is_left()
    {
        await using var server = new ScriptedServer(Enter + "C: NOOP\nD:");
        await using var client = await OpenAsync(server, new ConnectionLimits { Line = TimeSpan.FromMilliseconds(300) });
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => client.NoopAsync());
        Assert.Equal(ConnectionFailure.Timeout, failure.Kind);
        Assert.Contains("too slowly", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_fetch_at_once_and_the_connection_with_it()
    {
        await using var server = new ScriptedServer(Enter + "C: UID FETCH\nS~ * 1 FETCH (UID 1 BODY[] {500}\\r\\nhalf\nW:");
        await using var client = await OpenAsync(server, ConnectionLimits.Default);
        using var cancel = new CancellationTokenSource();
        var fetching = ReadAllAsync(client, 1, 3, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.False(client.IsUsable);
    }

    [Theory]
    [InlineData("S: * BYE too many connections\nX:", ConnectionFailure.Closed, "too many connections")]
    [InlineData("S: 220 mx.example ESMTP\nW:", ConnectionFailure.Protocol, "does not greet as an IMAP server")]
    [InlineData("S: HTTP/1.1 400 Bad Request\nX:", ConnectionFailure.Protocol, "does not greet as an IMAP server")]
    [InlineData("W:", ConnectionFailure.Timeout, "TLS from the first byte")]
    public async Task A_greeting_that_is_none_is_explained(string script, ConnectionFailure kind, string words)
    {
        await using var server = new ScriptedServer(script);
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(server.Address, connectionLimits: new ConnectionLimits { Read = TimeSpan.FromMilliseconds(200) }));
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S: * OK [CAPABILITY IMAP4rev1] no TLS here\nW:", "does not offer STARTTLS")]
    [InlineData("S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] already in\nW:", "logged in already")]
    [InlineData("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi\nC: STARTTLS\nS: <tag> NO not today\nW:", "not today")]
    public async Task STARTTLS_is_never_given_up_quietly(string script, string words)
    {
        await using var server = new ScriptedServer(script);
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => ImapClient.ConnectAsync(server.Address with { Security = TransportSecurity.StartTls }));
        Assert.Equal(ConnectionFailure.Tls, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_temporary_refusal_is_no_wrong_password()
    {
        await using var server = new ScriptedServer("""
            S: * OK [CAPABILITY IMAP4rev1] ready
            C: LOGIN
            S: <tag> NO [UNAVAILABLE] Temporary authentication failure.
            C: LOGIN
            S: <tag> NO [AUTHENTICATIONFAILED] Invalid credentials pw1234 (Failure)
            W:
            """);
        var log = new RecordingLog();
        await using var client = await ImapClient.ConnectAsync(server.Address, log: log);
        var credentials = MailCredentials.ForPassword("ada@shop.example", "pw1234");
        Assert.True((await Assert.ThrowsAsync<ImapCommandException>(() => client.LoginAsync(credentials))).IsTemporary);
        Assert.Equal(ConnectionFailure.Authentication, (await Assert.ThrowsAsync<MailConnectionException>(() => client.LoginAsync(credentials))).Kind);
        Assert.DoesNotContain("pw1234", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_never_shows_content_in_whatever_form_it_came()
    {
        await using var server = new ScriptedServer(Enter + """
            C: UID FETCH
            S: * 1 FETCH (UID 1 BODY[] "secret words")
            S: * 2 FETCH (UID 2 BODY[] {12}
            S: secret words ENVELOPE ("secret words"))
            S: <tag> OK
            W:
            """);
        var log = new RecordingLog();
        await using var client = await ImapClient.ConnectAsync(server.Address, log: log);
        await client.LoginAsync(MailCredentials.ForPassword("ada@shop.example", "pw1234"));
        await client.SelectAsync("INBOX");
        Assert.Equal(["secret words", "secret words"], await ReadAllAsync(client, 1, 2));
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
        Assert.Contains("S: {12 bytes}", log.Text, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ReadAllAsync(ImapClient client, uint first, uint last, CancellationToken cancel = default)
    {
        var seen = new List<string>();
        await foreach (var message in client.FetchAsync(UidSet.Range(first, last), cancel: cancel))
            seen.Add(Encoding.ASCII.GetString(message.Content.Span));
        return seen;
    }

    private static async Task<ImapClient> OpenAsync(ScriptedServer server, ConnectionLimits limits)
    {
        var client = await ImapClient.ConnectAsync(server.Address, connectionLimits: limits);
        await client.LoginAsync(MailCredentials.ForPassword("ada@shop.example", "pw1234"));
        await client.SelectAsync("INBOX");
        return client;
    }
}
