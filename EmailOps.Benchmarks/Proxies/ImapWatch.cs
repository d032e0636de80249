using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>IMAP4rev1 (RFC 3501) as far as mails come in and copies go out.</summary>
internal sealed class ImapWatch
{
    private readonly ConcurrentDictionary<string, bool> _appends = new(StringComparer.Ordinal), _fetches = new(StringComparer.Ordinal);

    private ImapWatch()
    {
    }

    public static ConnectionWatch New()
    {
        var session = new ImapWatch();
        return new ConnectionWatch(new Client(session), new Server(session));
    }

    /// <summary>The literal that a line announces at its end: <c>{310}</c> or, without waiting for an answer, <c>{310+}</c>; -1 without one.</summary>
    internal static long Literal(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd("\r\n"u8);
        var open = line.LastIndexOf((byte)'{');
        if (open < 0 || line[^1] != '}') return -1;
        var digits = line[(open + 1)..^1];
        if (digits.EndsWith("+"u8)) digits = digits[..^1];
        return Utf8Parser.TryParse(digits, out long size, out var used) && used == digits.Length ? size : -1;
    }

    private static string Tag(ReadOnlySpan<byte> line) => Encoding.ASCII.GetString(line[..Math.Max(0, line.IndexOf((byte)' '))]);

    private static bool Says(ReadOnlySpan<byte> line, string words) => Encoding.ASCII.GetString(line).Contains(words, StringComparison.OrdinalIgnoreCase);

    private sealed class Client(ImapWatch session) : LineWatch
    {
        protected override Moment? Passing(ReadOnlySpan<byte> line)
        {
            var isAppend = Says(line, " APPEND ");
            if (isAppend) session._appends[Tag(line)] = true;
            else if (Says(line, " FETCH ") && Says(line, "BODY")) session._fetches[Tag(line)] = true;
            if (Literal(line) is > 0 and var bytes) Expect(bytes, isAppend ? Moment.AppendHalf : null);
            return null;
        }
    }

    private sealed class Server(ImapWatch session) : LineWatch
    {
        protected override Moment? Before(ReadOnlySpan<byte> line) => session._appends.ContainsKey(Tag(line)) ? Moment.Appended : null;

        protected override Moment? Passing(ReadOnlySpan<byte> line)
        {
            session._appends.TryRemove(Tag(line), out _);
            if (Literal(line) is > 0 and var bytes) Expect(bytes, Says(line, " FETCH ") ? Moment.FetchHalf : null);
            return session._fetches.TryRemove(Tag(line), out _) ? Moment.Fetched : null;
        }
    }
}
