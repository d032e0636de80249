using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>What the scripted server does with one mail.</summary>
internal enum Fault
{
    /// <summary>Answers NO to every command that asks for it.</summary>
    Refuse,
    /// <summary>Answers NO to the whole mail and gives the header.</summary>
    RefuseBody,
    /// <summary>Lists it, and leaves it out of every answer without a word.</summary>
    Omit,
    /// <summary>Cuts the connection in the middle of its bytes.</summary>
    Cut,
    /// <summary>Cuts, but gives the header.</summary>
    CutBody,
}

/// <summary>A small IMAP server with faults no real one can be made to have: one folder, one user, no extension but UIDPLUS' absence.</summary>
internal sealed class BadServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly List<Task> _sessions = [];
    private readonly Task _accepting;

    public BadServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }
    public SortedDictionary<uint, string> Mails { get; } = [];
    public Dictionary<uint, Fault> Faults { get; } = [];
    public int Connections { get; private set; }
    /// <summary>Takes what is said from now on and never answers.</summary>
    public volatile bool IsSilent;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ended.Token);
                Connections++;
                _sessions.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                if (!IsSilent) await SayAsync(stream, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
                while (await reader.ReadLineAsync(_ended.Token) is { } line)
                {
                    if (IsSilent) continue;
                    if (!await AnswerAsync(stream, line)) return;
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            return;
        }
    }

    /// <returns>False when the connection is cut.</returns>
    private async Task<bool> AnswerAsync(NetworkStream stream, string line)
    {
        var words = line.Split(' ', 4);
        var (tag, command) = (words[0], words[1].Equals("UID", StringComparison.OrdinalIgnoreCase) ? $"UID {words[2]}".ToUpperInvariant() : words[1].ToUpperInvariant());
        KeyValuePair<uint, string>[] mails;
        lock (Mails) mails = [.. Mails];
        switch (command)
        {
            case "LOGIN" or "NOOP" or "CAPABILITY":
                await SayAsync(stream, $"* CAPABILITY IMAP4rev1\r\n* {mails.Length} EXISTS\r\n{tag} OK done\r\n");
                return true;
            case "EXAMINE":
                await SayAsync(stream, $"* {mails.Length} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {(mails.Length == 0 ? 1 : mails[^1].Key + 1)}] ok\r\n{tag} OK [READ-ONLY] done\r\n");
                return true;
            case "STATUS":
                await SayAsync(stream, $"* STATUS INBOX (MESSAGES {mails.Length} UIDNEXT {(mails.Length == 0 ? 1 : mails[^1].Key + 1)} UIDVALIDITY 7)\r\n{tag} OK done\r\n");
                return true;
            case "UID SEARCH":
                var asked = words[3] is "ALL" ? "1:*" : words[3].Split(' ')[^1];
                await SayAsync(stream, $"* SEARCH {string.Join(' ', mails.Where(m => IsIn(asked, m.Key)).Select(m => m.Key))}\r\n{tag} OK done\r\n");
                return true;
            case "UID FETCH":
                return await FetchAsync(stream, tag, words[3], mails);
            case "LOGOUT":
                await SayAsync(stream, $"* BYE bye\r\n{tag} OK done\r\n");
                return false;
            default:
                await SayAsync(stream, $"{tag} BAD what is {command}\r\n");
                return true;
        }
    }

    private async Task<bool> FetchAsync(NetworkStream stream, string tag, string arguments, KeyValuePair<uint, string>[] mails)
    {
        var space = arguments.IndexOf(' ', StringComparison.Ordinal);
        var (set, items) = (arguments[..space], arguments[(space + 1)..]);
        var head = items.Contains("HEADER", StringComparison.Ordinal);
        foreach (var (place, (uid, raw)) in mails.Index())
        {
            if (!IsIn(set, uid)) continue;
            Fault? fault = Faults.TryGetValue(uid, out var found) ? found : null;
            if (fault is Fault.Omit) continue;
            if (fault is Fault.Refuse || fault is Fault.RefuseBody && !head)
            {
                await SayAsync(stream, $"{tag} NO [SERVERBUGS] cannot read mail {uid} from disk\r\n");
                return true;
            }
            var content = head ? raw[..(raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)] : raw;
            var item = items.Contains("<0.", StringComparison.Ordinal) ? "BODY[]<0>" : head ? "BODY[HEADER]" : "BODY[]";
            var answer = $"* {place + 1} FETCH (UID {uid} FLAGS () RFC822.SIZE {raw.Length} {item} {{{content.Length}}}\r\n{content})\r\n";
            if (fault is Fault.Cut || fault is Fault.CutBody && !head)
            {
                await SayAsync(stream, answer[..(answer.Length - content.Length / 2)]);
                return false;
            }
            await SayAsync(stream, answer);
        }
        await SayAsync(stream, $"{tag} OK done\r\n");
        return true;
    }

    private static bool IsIn(string set, uint uid) => set.Split(',').Any(part =>
    {
        var ends = part.Split(':');
        var first = uint.Parse(ends[0], CultureInfo.InvariantCulture);
        return ends.Length == 1 ? uid == first : uid >= first && (ends[1] == "*" || uid <= uint.Parse(ends[1], CultureInfo.InvariantCulture));
    });

    private static ValueTask SayAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting; // before the listener goes: asked once more after that, it would complain that it was never started
        _listener.Dispose();
        await Task.WhenAll(_sessions);
        _ended.Dispose();
    }
}
