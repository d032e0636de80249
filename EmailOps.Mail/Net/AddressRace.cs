using System.Net;
using System.Net.Sockets;

namespace EmailOps.Mail.Net;

/// <summary>Connects to the first address of a server that answers, families in turn, each with a short head start (RFC 8305 in its plain form).</summary>
internal static class AddressRace
{
    private const int MaxAddresses = 16;

    public static async Task<Socket> ConnectAsync(MailServer server, ConnectionLimits limits, TimeProvider time, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(limits.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            var addresses = await ResolveAsync(server, both.Token);
            return await RaceAsync(server, addresses, limits.NextAddress, time, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new MailConnectionException(ConnectionFailure.Timeout, $"{server} did not answer within {limits.Connect.TotalSeconds:0.#} s.");
        }
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(MailServer server, CancellationToken cancel)
    {
        if (IPAddress.TryParse(server.Host, out var literal))
            return [literal];
        try
        {
            var found = await Dns.GetHostAddressesAsync(server.Host, cancel);
            if (found.Length > 0)
                return InTurn(found);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            throw new MailConnectionException(ConnectionFailure.Dns, $"The name {server.Host} cannot be resolved: {failure.Message}", failure);
        }
        throw new MailConnectionException(ConnectionFailure.Dns, $"The name {server.Host} has no address.");
    }

    private static List<IPAddress> InTurn(IPAddress[] found)
    {
        var six = found.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        var four = found.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        var turns = new List<IPAddress>();
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count)
                turns.Add(six[i]);
            if (i < four.Count)
                turns.Add(four[i]);
        }
        return turns[..Math.Min(turns.Count, MaxAddresses)];
    }

    private static async Task<Socket> RaceAsync(MailServer server, IReadOnlyList<IPAddress> addresses, TimeSpan headStart, TimeProvider time, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = new List<Task<Socket>>();
        SocketException? last = null;
        Socket? winner = null;
        try
        {
            for (var next = 0; winner is null && (next < addresses.Count || running.Count > 0);)
            {
                if (next < addresses.Count)
                    running.Add(OpenAsync(addresses[next++], server.Port, ended.Token));
                var done = await FirstAsync(running, next < addresses.Count ? headStart : Timeout.InfiniteTimeSpan, time, cancel);
                if (done is null)
                    continue;
                running.Remove(done);
                try
                {
                    winner = await done;
                }
                catch (SocketException failure)
                {
                    last = failure;
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            foreach (var loser in running)
                _ = loser.ContinueWith(static task => { if (task.IsCompletedSuccessfully) task.Result.Dispose(); else _ = task.Exception; }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        return winner ?? throw Failure(server, last);
    }

    private static async Task<Task<Socket>?> FirstAsync(List<Task<Socket>> running, TimeSpan atMost, TimeProvider time, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var wait = Task.Delay(atMost, time, enough.Token);
        var first = await Task.WhenAny([.. running, wait]);
        await enough.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first as Task<Socket>;
    }

    private static async Task<Socket> OpenAsync(IPAddress address, int port, CancellationToken cancel)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A dead peer is noticed even while nothing is said for half an hour (IDLE).
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 120);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            await socket.ConnectAsync(new IPEndPoint(address, port), cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static MailConnectionException Failure(MailServer server, SocketException? failure) => failure?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(ConnectionFailure.Refused, $"{server} refuses connections: nothing listens on that port.", failure),
        SocketError.TimedOut => new(ConnectionFailure.Timeout, $"{server} did not answer.", failure),
        _ => new(ConnectionFailure.Unreachable, $"{server} cannot be reached: {failure?.Message ?? "no address worked"}", failure),
    };
}
