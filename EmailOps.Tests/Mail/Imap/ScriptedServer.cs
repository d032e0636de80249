using System.Net;
using System.Net.Sockets;
using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>
/// Plays a transcript on a real socket, once. Lines: <c>S: text</c> is said (CR LF added; <c>&lt;tag&gt;</c> is the tag of the last command), <c>S~ text</c> the
/// same without a line end, <c>D:</c> drips letters without end, <c>C: text</c> waits for a line that contains the text, <c>X:</c> hangs up, <c>W:</c> waits until the client hangs up.
/// <c>\n</c> and <c>\r</c> in a line stand for themselves.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _playing;

    public ScriptedServer(string script, int piece = int.MaxValue)
    {
        _listener.Start();
        _playing = PlayAsync(script.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries), piece);
    }

    public MailServer Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, TransportSecurity.None);

    /// <summary>Fails where the client said something else than the transcript has.</summary>
    public Task EndAsync() => _playing;

    private async Task PlayAsync(string[] script, int piece)
    {
        using var socket = await _listener.AcceptSocketAsync(_ended.Token);
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var tag = "";
        var waiting = new StringBuilder();
        foreach (var line in script.Select(line => line.Trim('\t')))
        {
            var (word, text) = (line[..2], line.Length > 3 ? line[3..] : "");
            if (word is "S:" or "S~")
            {
                waiting.Append(text.Replace("<tag>", tag, StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal));
                if (word == "S:")
                    waiting.Append("\r\n");
                continue;
            }
            await SendAsync(stream, Encoding.UTF8.GetBytes(waiting.ToString()), piece);
            waiting.Clear();
            if (word == "X:")
                return;
            while (word == "D:")
            {
                await SendAsync(stream, "x"u8.ToArray(), piece);
                await Task.Delay(5, _ended.Token);
            }
            var said = await reader.ReadLineAsync(_ended.Token);
            if (word == "W:")
            {
                while (said is not null)
                    said = await reader.ReadLineAsync(_ended.Token);
                return;
            }
            Assert.True(said?.Contains(text, StringComparison.Ordinal), $"The client said '{said}' where the transcript has '{text}'.");
            tag = text.StartsWith('~') ? tag : said!.Split(' ')[0];
        }
        await SendAsync(stream, Encoding.UTF8.GetBytes(waiting.ToString()), piece);
    }

    private async Task SendAsync(NetworkStream stream, byte[] bytes, int piece)
    {
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)), _ended.Token);
            if (piece > bytes.Length)
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _playing.ContinueWith(static _ => { }, TaskScheduler.Default);
        _ended.Dispose();
    }
}
