using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Benchmarks.Imap;

/// <summary>The floor: one <c>UID FETCH 1:* BODY.PEEK[]</c>, received into one megabyte and thrown away. Nothing is looked at but the end.</summary>
internal static class RawImapFetch
{
    // An answer to LOGIN tells capabilities on the same line.
    private const int LongestEnd = 4_096;

    /// <summary>Seconds from the FETCH to its end, and bytes received.</summary>
    public static (double Seconds, long Bytes) Run(int port, MailUser user)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var buffer = new byte[1024 * 1024];
        Ask(socket, buffer, $"r1 LOGIN {user.Address} {user.Password}\r\n", "r1 ");
        Ask(socket, buffer, "r2 EXAMINE INBOX\r\n", "r2 ");
        var began = Stopwatch.GetTimestamp();
        var bytes = Ask(socket, buffer, "r3 UID FETCH 1:* BODY.PEEK[]\r\n", "r3 ");
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, bytes);
    }

    private static long Ask(Socket socket, byte[] buffer, string command, string end)
    {
        socket.Send(Encoding.ASCII.GetBytes(command));
        var ok = Encoding.ASCII.GetBytes(end + "OK");
        var (bytes, tail) = (0L, 0);
        while (true)
        {
            // The last line may come in two pieces: what stands at the end of one is kept before the next.
            var count = socket.Receive(buffer, tail, buffer.Length - tail, SocketFlags.None);
            if (count == 0) throw new IOException("The server hung up.");
            bytes += count;
            var all = buffer.AsSpan(0, tail + count);
            var last = all[Math.Max(0, all.Length - LongestEnd)..];
            if (last[^1] == '\n' && last[..^1].LastIndexOf((byte)'\n') is var before && last[(before + 1)..].StartsWith(Encoding.ASCII.GetBytes(end)))
                return last[(before + 1)..].StartsWith(ok) ? bytes : throw new IOException(Encoding.Latin1.GetString(last[(before + 1)..]));
            tail = last.Length;
            last.CopyTo(buffer);
        }
    }
}
