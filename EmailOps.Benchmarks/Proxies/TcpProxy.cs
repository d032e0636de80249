using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>
/// Stands between a program and its server on loopback, and can stop or cut what passes, at any time or at a named moment of the protocol. So the
/// program under test needs no hooks. Clear text only.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly Func<EndPoint> _server;
    private readonly Func<ConnectionWatch> _watch;
    private readonly Moments _moments;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();
    private long _passed;

    /// <param name="server">Asked for each connection; an IP or Unix endpoint.</param>
    /// <param name="watch">Makes the watch of each connection.</param>
    public TcpProxy(Func<EndPoint> server, Moments moments, Func<ConnectionWatch>? watch = null)
    {
        (_server, _moments, _watch) = (server, moments, watch ?? ConnectionWatch.Blind);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Bytes passed in both directions, of all connections.</summary>
    public long BytesPassed => Interlocked.Read(ref _passed);

    public int OpenConnections => _connections.Count;

    /// <summary>New connections are accepted and closed at once, as by a server that is going down.</summary>
    public volatile bool Refusing;

    /// <summary>Cuts a connection from the server's side after so many bytes have come from the server, once; then passes all again.</summary>
    public long? CutAfterServerBytes { get; set; }

    /// <summary>Nothing passes until <see cref="Resume"/>; connections stay open.</summary>
    public void Pause()
    {
        if (_open.Task.IsCompleted) _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume() => _open.TrySetResult();

    /// <summary>Closes all connections on both sides at once (RST), whatever they are in the middle of.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys) connection.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Resume();
        CutAll();
        await Task.WhenAll(_connections.Values);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }
            if (Refusing)
            {
                client.Close(0);
                continue;
            }
            var connection = new Connection(this, client);
            var starting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[connection] = connection.RunAsync(starting.Task);
            starting.SetResult();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private bool IsCutNow(int fromServer)
    {
        if (CutAfterServerBytes is not { } left) return false;
        CutAfterServerBytes = left - fromServer > 0 ? left - fromServer : null;
        return CutAfterServerBytes is null;
    }

    private sealed class Connection(TcpProxy proxy, Socket client)
    {
        private Socket? _server;

        public async Task RunAsync(Task started)
        {
            await started;
            try
            {
                var at = proxy._server();
                _server = at.AddressFamily == AddressFamily.Unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                await _server.ConnectAsync(at);
                var watch = proxy._watch();
                await Task.WhenAll(PumpAsync(client, _server, watch.FromClient, false), PumpAsync(_server, client, watch.FromServer, true));
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or IOException)
            {
                Cut(); // one side is gone: so is the other
            }
            finally
            {
                client.Dispose();
                _server?.Dispose();
                proxy._connections.TryRemove(this, out _);
            }
        }

        public void Cut()
        {
            client.Close(0);
            _server?.Close(0);
        }

        private async Task PumpAsync(Socket from, Socket to, StreamWatch watch, bool isServer)
        {
            var buffer = new byte[64 * 1024];
            var (start, end) = (0, 0);
            try
            {
                while (true)
                {
                    Moment? reached = null;
                    var count = start == end ? 0 : watch.Take(buffer.AsSpan(start, end - start), out reached);
                    if (count > 0)
                    {
                        if (!await ForwardAsync(buffer.AsMemory(start, count))) return;
                        start += count;
                    }
                    if (reached is { } moment && !await proxy._moments.ReachedAsync(moment))
                    {
                        Cut();
                        return;
                    }
                    if (count > 0 || reached is not null) continue;
                    if (start == end) (start, end) = (0, 0);
                    else if (start > 0 && end == buffer.Length)
                    {
                        buffer.AsSpan(start, end - start).CopyTo(buffer);
                        (start, end) = (0, end - start);
                    }
                    if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                    var read = await from.ReceiveAsync(buffer.AsMemory(end));
                    if (read == 0) break;
                    end += read;
                }
                if (end > start) await ForwardAsync(buffer.AsMemory(start, end - start));
                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                Cut(); // ends the other direction too
            }

            async Task<bool> ForwardAsync(ReadOnlyMemory<byte> bytes)
            {
                await proxy._open.Task;
                Interlocked.Add(ref proxy._passed, bytes.Length);
                if (isServer && proxy.IsCutNow(bytes.Length))
                {
                    await to.SendAsync(bytes[..(bytes.Length / 2)]);
                    Cut();
                    return false;
                }
                while (!bytes.IsEmpty) bytes = bytes[await to.SendAsync(bytes)..];
                return true;
            }
        }
    }
}
