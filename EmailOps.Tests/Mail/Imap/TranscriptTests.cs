using System.Globalization;
using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Sessions in the manner of servers that cannot be run here, in any cut: what is understood must not depend on how the bytes arrive.</summary>
public sealed class TranscriptTests
{
    private const string Enter = """
        S: * OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE] ready
        C: LOGIN
        S: <tag> OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE] in
        C: SELECT
        S: * 3 EXISTS
        S: * OK [UIDVALIDITY 9] valid
        S: <tag> OK [READ-WRITE] done

        """;

    public static TheoryData<int, int> Cuts => new() { { int.MaxValue, 4096 }, { 1, 4096 }, { int.MaxValue, 16 }, { int.MaxValue, 17 }, { int.MaxValue, 23 }, { int.MaxValue, 61 }, { 7, 64 } };

    [Theory]
    [MemberData(nameof(Cuts))]
    public Task In_the_manner_of_Gmail(int piece, int buffer) => PlayAsync("""
        S: * OK Gimap ready for requests from 192.0.2.7 x2mb24
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=PLAIN
        S: <tag> OK Thats all! x2mb24
        C: AUTHENTICATE PLAIN AGFkYUBzaG9wLmV4YW1wbGUAcHcxMjM0
        S: * CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE ID UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED LITERAL- SPECIAL-USE
        S: <tag> OK ada@shop.example authenticated (Success)
        C: LIST "" "*" RETURN (SPECIAL-USE)
        S: * LIST (\HasNoChildren) "/" "INBOX"
        S: * LIST (\HasNoChildren \Sent) "/" "[Gmail]/Gesendet &- mehr"
        S: * OK [ALERT] Too many simultaneous connections soon.
        S: <tag> OK Success [THROTTLED]
        C: SELECT "INBOX" (CONDSTORE)
        S: * FLAGS (\Answered \Flagged \Draft \Deleted \Seen $Phishing)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Draft \Deleted \Seen $Phishing \*)] Flags permitted.
        S: * OK [UIDVALIDITY 5] UIDs valid.
        S: * 3 EXISTS
        S: * 0 RECENT
        S: * OK [UIDNEXT 31] Predicted next UID.
        S: * OK [HIGHESTMODSEQ 2014]
        S: <tag> OK [READ-WRITE] INBOX selected. (Success)
        C: UID SEARCH RETURN (ALL) ALL
        S: * ESEARCH (TAG "<tag>") UID ALL 10,20:21
        S: <tag> OK SEARCH completed (Success)
        C: UID FETCH 10,20:21 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[]<0.
        S: * 1 FETCH (UID 10 RFC822.SIZE 5 INTERNALDATE "17-Jul-2026 02:44:25 -0700" MODSEQ (77) FLAGS (\Seen $Phishing) BODY[]<0> {5}
        S: abcde)
        S: * 3 FETCH (UID 21 MODSEQ (78) RFC822.SIZE 8 INTERNALDATE " 1-Jan-2026 00:00:00 +0000" FLAGS () BODY[]<0> {8}
        S: a\r\nb {9})
        S: * 2 FETCH (UID 20 MODSEQ (79) RFC822.SIZE 0 INTERNALDATE "01-Jan-2026 00:00:00 +0000" FLAGS (\Answered) BODY[]<0> {0}
        S: )
        S: <tag> OK Success
        C: LOGOUT
        S: * BYE LOGOUT Requested
        S: <tag> OK 73 good day (Success)
        X:
        """, piece, buffer, """
        [Gmail]/Gesendet & mehr: Sent
        Too many simultaneous connections soon.
        3/5/31/2014
        10 5 2026-07-17T02:44:25-07:00 77 \Seen $Phishing: abcde
        21 8 2026-01-01T00:00:00+00:00 78 : a|b {9}
        20 0 2026-01-01T00:00:00+00:00 79 \Answered: 
        """);

    [Theory]
    [MemberData(nameof(Cuts))]
    public Task In_the_manner_of_Courier_with_names_as_literals_and_of_Yahoo_with_wrong_sizes(int piece, int buffer) => PlayAsync("""
        S: * OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN NAMESPACE ESEARCH IDLE] Courier-IMAP ready. See COPYING.
        C: LOGIN "ada@shop.example" "pw1234"
        S: <tag> OK LOGIN Ok.
        C: CAPABILITY
        S: * capability IMAP4rev1 UIDPLUS CHILDREN NAMESPACE ESEARCH IDLE
        S: <tag> ok
        C: LIST "" "*"
        S: * LIST (\Marked \HasNoChildren) "." {9}
        S: INBOX.a {
        S: * LIST (\Sent) "." INBOX.Sent Items
        S: * XYMPKI something {4}
        S: else (nobody "knows"
        S: <tag> OK
        C: SELECT
        S: * FLAGS NIL
        S: * 3 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY 5]  Ok
        S: <tag> OK [READ-WRITE] Ok
        C: UID SEARCH RETURN (ALL) ALL
        S: <tag> BAD [CLIENTBUG] SEARCH Command arguments invalid
        C: UID SEARCH ALL
        S: * SEARCH 10 21 20 
        S: <tag> OK SEARCH completed
        C: UID FETCH 10,20:21
        S: * 1 fetch ( UID 10  RFC822.SIZE 4636 FLAGS NIL INTERNALDATE NIL BODY[] {5}
        S: abcde )
        S: *  3  FETCH  (BODY[]<0>{3}
        S: xyz INTERNALDATE "31-Feb-2026 00:00:00 +0000" FLAGS (\Seen \Seen) UID 21 RFC822.SIZE 0)
        S: * 2 FETCH (UID 20 BODY[] "Subject: \\"quoted\\"" ENVELOPE (NIL {2}
        S: )( ((NIL NIL "a" "b")) NIL))
        S: * 2 FETCH (FLAGS (\Seen) )
        S: <tag> OK UID FETCH done
        C: LOGOUT
        X:
        """.Replace("\\\\\"", "\\\"", StringComparison.Ordinal), piece, buffer, """
        INBOX.a {: None
        INBOX.Sent Items: Sent
        3/5/0/0
        10 5  0 : abcde
        21 3  0 \Seen: xyz
        20 17  0 : Subject: "quoted"
        """);

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_message_that_the_server_cannot_give_stands_alone_with_its_reason(int piece, int buffer)
    {
        await using var server = new ScriptedServer(Enter + """
            C: UID FETCH 10:13 
            S: * 1 FETCH (UID 10 BODY[] {1}
            S: a)
            S: <tag> NO The requested message could not be converted.
            C: UID FETCH 11:12 
            S: * 2 FETCH (UID 11 BODY[] {1}
            S: b)
            S: <tag> NO The requested message could not be converted.
            C: UID FETCH 12 
            S: <tag> NO The requested message could not be converted.
            C: UID FETCH 13 
            S: * 4 FETCH (UID 13 FLAGS (\Seen))
            S: <tag> OK done
            W:
            """, piece);
        await using var client = await OpenAsync(server, buffer, new ImapLimits { FetchesInFlight = 1 });
        var seen = new List<string>();
        await foreach (var message in client.FetchAsync(UidSet.Range(10, 13)))
            seen.Add($"{message.Uid} {message.Problem ?? Encoding.ASCII.GetString(message.Content.Span)}");
        Assert.Equal(["10 a", "11 b", "12 The server does not give this message: The requested message could not be converted.", "13 The server gives no content for this message."], seen);
    }

    [Fact]
    public async Task Answers_without_UID_or_in_two_parts_find_their_message()
    {
        await using var server = new ScriptedServer(Enter + """
            C: UID FETCH 10:12 
            S: * 1 FETCH (UID 10 FLAGS (\Seen))
            S: * 1 FETCH (BODY[] {1}
            S: a)
            S: * 2 FETCH (BODY[] {1}
            S: b)
            S: * 3 EXPUNGE
            S: <tag> OK done
            C: UID FETCH 11 
            S: * 2 FETCH (FLAGS (\Flagged) BODY[] {1}
            S: b)
            S: <tag> OK done
            C: UID FETCH 12 
            S: <tag> OK nothing
            W:
            """);
        await using var client = await OpenAsync(server, 4096);
        var seen = new List<string>();
        await foreach (var message in client.FetchAsync(UidSet.Range(10, 12)))
            seen.Add($"{message.Uid} {message.Flags} {Encoding.ASCII.GetString(message.Content.Span)}");
        Assert.Equal(["10 \\Seen a", "11 \\Flagged b"], seen);
        Assert.Equal(2u, client.Folder!.Exists);
    }

    [Fact]
    public async Task A_server_without_MOVE_and_LITERAL_PLUS_is_served_step_by_step()
    {
        await using var server = new ScriptedServer("""
            S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] welcome
            C: SELECT
            S: * 3 EXISTS
            S: <tag> OK
            C: UID COPY 2 "Archive"
            S: <tag> OK [COPYUID 7 2 40] done
            C: UID STORE 2 +FLAGS.SILENT (\Deleted)
            S: * 2 FETCH (FLAGS (\Deleted))
            S: <tag> OK
            C: UID EXPUNGE 2
            S: * 2 EXPUNGE
            S: <tag> OK
            C: APPEND "Sent" (\Seen) {5}
            S: * 3 EXISTS
            S: +
            C: ~hello
            S: <tag> OK [APPENDUID 8 41] done
            C: APPEND "Sent" {5}
            S: <tag> NO [OVERQUOTA] full
            W:
            """.Replace("C: ~hello", "C: hello", StringComparison.Ordinal).Replace("S: <tag> OK [APPENDUID", "S: e5 OK [APPENDUID", StringComparison.Ordinal));
        await using var client = await ImapClient.ConnectAsync(server.Address);
        Assert.True(client.IsAuthenticated);
        await client.SelectAsync("INBOX");
        var moved = await client.MoveAsync(UidSet.Of(2), "Archive");
        Assert.Equal((7u, "40", true), (moved.UidValidity, moved.Destination.ToString(), moved.IsSourceRemoved));
        Assert.Equal(new ImapAppendResult(8, 41), await client.AppendAsync("Sent", "hello"u8.ToArray(), ImapFlags.Seen));
        var full = await Assert.ThrowsAsync<ImapCommandException>(() => client.AppendAsync("Sent", "hello"u8.ToArray()));
        Assert.Equal("OVERQUOTA", full.Code);
        Assert.True(client.IsUsable);
    }

    private static async Task PlayAsync(string script, int piece, int buffer, string expected)
    {
        await using var server = new ScriptedServer(script, piece);
        await using var client = await ImapClient.ConnectAsync(server.Address, connectionLimits: new ConnectionLimits { ReadBuffer = buffer });
        await client.LoginAsync(MailCredentials.ForPassword("ada@shop.example", "pw1234"));
        var told = new StringBuilder();
        foreach (var folder in (await client.ListAsync()).Where(folder => folder.Use != ImapFolderUse.Inbox))
            told.Append(CultureInfo.InvariantCulture, $"{folder.Name}: {folder.Use}\n");
        client.Alerts.ToList().ForEach(alert => told.Append(alert).Append('\n'));
        var open = await client.SelectAsync("INBOX");
        told.Append(CultureInfo.InvariantCulture, $"{open.Exists}/{open.UidValidity}/{open.UidNext}/{open.HighestModSeq}\n");
        await foreach (var message in client.FetchAsync(await client.SearchAsync()))
        {
            using (message)
                told.Append(CultureInfo.InvariantCulture, $"{message.Uid} {message.Size} {message.InternalDate:yyyy-MM-dd'T'HH:mm:sszzz} {message.ModSeq} {message.Flags}: {Encoding.ASCII.GetString(message.Content.Span).Replace("\r\n", "|", StringComparison.Ordinal)}\n");
        }
        await client.LogoutAsync();
        Assert.Equal(expected.ReplaceLineEndings("\n"), told.ToString().TrimEnd('\n'));
        await server.EndAsync();
    }

    private static async Task<ImapClient> OpenAsync(ScriptedServer server, int buffer, ImapLimits? limits = null)
    {
        var client = await ImapClient.ConnectAsync(server.Address, limits, new ConnectionLimits { ReadBuffer = buffer });
        await client.LoginAsync(MailCredentials.ForPassword("ada@shop.example", "pw1234"));
        await client.SelectAsync("INBOX");
        return client;
    }
}
