using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Seeded mutations of what a server says: only the typed failures leave the client, nothing hangs, and cost grows with length only.</summary>
public sealed class AnswerFuzzTests
{
    private const int Rounds = 1_500;

    // Quadratic work shows as minutes; a busy machine must not.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(20);

    private static readonly string Session = string.Join("\r\n", [
        "* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE ESEARCH CONDSTORE NAMESPACE ID LIST-EXTENDED SPECIAL-USE LITERAL+] ready",
        "e1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE ESEARCH CONDSTORE QRESYNC ENABLE NAMESPACE ID LIST-EXTENDED SPECIAL-USE LITERAL+] in",
        "* ID (\"name\" \"Example\" \"version\" NIL)", "e2 OK done",
        "* NAMESPACE ((\"\" \"/\")) NIL ((\"Shared/\" \"/\")(\"&AOQ-/\" NIL))", "e3 OK done",
        "* LIST (\\HasNoChildren \\Sent) \"/\" \"Gesendete &AOQ-\"", "* LIST () NIL {5}", "INBOX", "e4 OK done",
        "* ENABLED QRESYNC", "e5 OK done",
        "* 5 EXISTS", "* FLAGS (\\Seen)", "* OK [PERMANENTFLAGS (\\Seen \\*)] ok", "* OK [UIDVALIDITY 7] v", "* OK [UIDNEXT 8] n", "* OK [HIGHESTMODSEQ 99] m",
        "* VANISHED (EARLIER) 1:3,9", "* 4 FETCH (UID 6 FLAGS (\\Seen $x) MODSEQ (98))", "e6 OK [READ-WRITE] done",
        "* ESEARCH (TAG \"e7\") UID ALL 4:7", "e7 OK done",
        "* 1 FETCH (UID 4 FLAGS (\\Seen) INTERNALDATE \"17-Jul-2026 02:44:25 -0700\" RFC822.SIZE 6 MODSEQ (5) BODY[]<0> {6}", "abc\r\nd)",
        "* 2 FETCH (UID 5 FLAGS () INTERNALDATE \" 7-Jul-2026 02:44:25 +0000\" RFC822.SIZE 6 MODSEQ (6) BODY[]<0> \"abc\\\"d\")",
        "* 3 EXPUNGE", "* VANISHED 6", "* 4 EXISTS", "* 3 FETCH (UID 7 RFC822.SIZE 6 BODY[]<0> NIL BODYSTRUCTURE ((\"a\" (NIL)) {2}", "() NIL))", "e8 OK done",
        "e9 OK [MODIFIED 4] done", "* OK [COPYUID 3 4:5 1:2] moved", "e10 OK done", "+ idling", "* 6 EXISTS", "e11 OK done", "* BYE bye", "e12 OK out", ""]);

    [Fact]
    public async Task Mutated_answers_give_results_or_typed_failures()
    {
        var random = new Random(20261121);
        var original = Encoding.Latin1.GetBytes(Session);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = round == 0 ? original : Mutate(original, random);
            var clock = Stopwatch.StartNew();
            var failure = await Record.ExceptionAsync(() => TalkAsync(bytes, random.Next(16, 300)));
            Assert.True(failure is null or MailConnectionException or ImapCommandException, $"round {round}: {failure}");
            Assert.True(round > 0 || failure is null, $"The unchanged session fails: {failure}");
            Assert.True(clock.Elapsed < Slow, $"round {round} took {clock.Elapsed}");
        }
    }

    [Theory]
    [InlineData("* 1 FETCH (UID 4 BODYSTRUCTURE ", "(", "")]
    [InlineData("* 1 FETCH (UID 4 FLAGS (", "\\Seen a", "))")]
    [InlineData("* 1 FETCH (UID 4 X \"", "\\\"", "\")")]
    [InlineData("* SEARCH ", "4 3 ", "")]
    [InlineData("* ESEARCH UID ALL ", "4:7,2,", "9")]
    [InlineData("* LIST (\\Sent) \"/\" \"", "&AOQ-", "\"")]
    [InlineData("* VANISHED ", "4,", "9")]
    [InlineData("* CAPABILITY ", "X=1 AUTH=Y ", "")]
    [InlineData("* NAMESPACE ", "((\"\" \"/\" ", "")]
    [InlineData("* ID (", "\"a\" NIL ", ")")]
    [InlineData("* OK [", "A ", "] text")]
    [InlineData("* 1 FETCH (", "BODY[", "")]
    [InlineData("* 1 FETCH (UID 4 X ", "{0", "")]
    public async Task Long_answers_cost_by_their_length(string start, string repeated, string end)
    {
        var line = start + string.Concat(Enumerable.Repeat(repeated, 2_000_000 / repeated.Length)) + end + "\r\n";
        var session = Session.Replace("* 3 EXPUNGE\r\n", line, StringComparison.Ordinal).Replace("* LIST () NIL", line + "* LIST () NIL", StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        var failure = await Record.ExceptionAsync(() => TalkAsync(Encoding.Latin1.GetBytes(session), 65536));
        Assert.True(failure is null or MailConnectionException or ImapCommandException, $"{failure}");
        Assert.True(clock.Elapsed < Slow, $"took {clock.Elapsed}");
    }

    /// <summary>Everything the server will ever say is there at once; the client says its part into the void.</summary>
    private static async Task TalkAsync(byte[] bytes, int buffer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, bytes);
        var server = new MailServer("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, TransportSecurity.None);
        var limits = new ConnectionLimits { ReadBuffer = buffer, Read = TimeSpan.FromSeconds(5), MaxLine = 4_000_000 };
        try
        {
            await using var client = await ImapClient.ConnectAsync(server, new ImapLimits { FetchesInFlight = 1, MaxMessageBytes = 100_000 }, limits);
            await client.LoginAsync(MailCredentials.ForPassword("ada", "pw"));
            await client.IdAsync();
            await client.NamespacesAsync();
            await client.ListAsync();
            await client.SelectAsync("INBOX", known: new ImapSyncPoint(7, 9));
            var uids = await client.SearchAsync(ImapSearch.NewFrom(4));
            await foreach (var message in client.FetchAsync(UidSet.FromRanges([.. uids.Ranges.Take(5).Select(range => (range.First, Math.Min(range.Last, range.First + 20)))])))
                message.Dispose();
            await client.StoreAsync(UidSet.Of(4), ImapStoreMode.Add, ImapFlags.Seen);
            await client.MoveAsync(UidSet.Of(4), "Archive");
            await client.IdleAsync(TimeSpan.FromSeconds(5));
            await client.LogoutAsync();
        }
        finally
        {
            listener.Stop();
            await serving;
        }
    }

    private static async Task ServeAsync(TcpListener listener, byte[] bytes)
    {
        try
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            var said = new byte[4096];
            while (await socket.ReceiveAsync(said) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client hung up first, as it may.
            listener.Stop();
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        const string alphabet = "(){}[]\"\\*+ \r\n0123456789<>~:,NILe%\0\u00ff";
        var bytes = original.ToList();
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)alphabet[random.Next(alphabet.Length)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), random.Next(1, 100)));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.ASCII.GetBytes($" {{{random.NextInt64(1L << random.Next(1, 62))}}}\r\n"));
                    break;
                default:
                    bytes[at] = (byte)alphabet[random.Next(alphabet.Length)];
                    break;
            }
            if (bytes.Count < 2)
                bytes.AddRange(original);
        }
        return [.. bytes];
    }
}
