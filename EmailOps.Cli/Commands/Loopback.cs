using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EmailOps.Cli.Commands;

/// <summary>
/// Where a browser comes back to after a consent: a port of this machine that answers one request (RFC 8252, 7.3). What asks for anything else (a browser's icon,
/// another program) is turned away.
/// </summary>
internal sealed class Loopback : IDisposable
{
    private const int MostBytes = 16 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly TcpListener _listener;

    /// <param name="port">0: any free one.</param>
    public Loopback(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
    }

    public string Address { get; }

    /// <returns>The address that the browser asked for, with what the provider gave it.</returns>
    public async Task<Uri> WaitAsync(CancellationToken cancel)
    {
        while (true)
        {
            using var browser = await _listener.AcceptTcpClientAsync(cancel);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(s_patience);
            try
            {
                var stream = browser.GetStream();
                var back = await TargetAsync(stream, limit.Token) is { } target && Uri.TryCreate(new Uri(Address), target, out var asked) && asked.AbsolutePath == "/" && asked.Query.Contains("state=", StringComparison.Ordinal) ? asked : null;
                await SayAsync(stream, back is not null, limit.Token);
                if (back is not null) return back;
            }
            catch (Exception gone) when (gone is IOException || gone is OperationCanceledException && !cancel.IsCancellationRequested)
            {
                continue; // whoever it was went away, or says nothing: the browser may still come
            }
        }
    }

    /// <summary>GET /?state=...&amp;code=... HTTP/1.1</summary>
    private static async Task<string?> TargetAsync(NetworkStream stream, CancellationToken cancel)
    {
        var (buffer, length) = (new byte[MostBytes], 0);
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancel) is > 0 and var read)
        {
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) break;
        }
        return Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n", 2)[0].Split(' ') is ["GET", var target, _] && target.StartsWith('/') ? target : null;
    }

    private static async Task SayAsync(NetworkStream stream, bool isBack, CancellationToken cancel)
    {
        var page = isBack ? "<!doctype html><title>EmailOps</title><p>That was all. Close this page and go back to the terminal." : "<!doctype html><title>EmailOps</title><p>There is nothing here.";
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {(isBack ? "200 OK" : "404 Not Found")}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {page.Length}\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}"), cancel);
    }

    public void Dispose() => _listener.Dispose();
}
