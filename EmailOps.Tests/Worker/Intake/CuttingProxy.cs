using System.Net;
using System.Net.Sockets;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>Stands between a worker and a server, and cuts connections after so many bytes of the server.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _server;
    private readonly Func<int, long> _bytes;
    private readonly Task _accepting;

    /// <param name="bytes">From the number of the connection, first 0, to what passes before it is cut.</param>
    public CuttingProxy(int server, Func<int, long> bytes)
    {
        (_server, _bytes) = (server, bytes);
        _listener.Start();
        Settings = new MailServerSettings("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, MailSecurity.None);
        _accepting = AcceptAsync();
    }

    public MailServerSettings Settings { get; }
    public int Cuts { get; private set; }

    private async Task AcceptAsync()
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var (client, left) = (await _listener.AcceptTcpClientAsync(_ended.Token), _bytes(number));
                _ = Task.Run(() => PassAsync(client, left));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task PassAsync(TcpClient client, long left)
    {
        using var there = new TcpClient();
        using (client)
        {
            try
            {
                await there.ConnectAsync(IPAddress.Loopback, _server, _ended.Token);
                var (up, down) = (client.GetStream(), there.GetStream());
                var asking = up.CopyToAsync(down, _ended.Token);
                var buffer = new byte[8192];
                while (await down.ReadAsync(buffer, _ended.Token) is var count and > 0)
                {
                    await up.WriteAsync(buffer.AsMemory(0, (int)Math.Min(count, left)), _ended.Token);
                    if ((left -= count) > 0) continue;
                    Cuts++;
                    break;
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting; // before the listener goes: asked once more after that, it would complain that it was never started
        _listener.Dispose();
        _ended.Dispose();
    }
}
