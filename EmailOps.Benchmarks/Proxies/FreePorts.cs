using System.Net;
using System.Net.Sockets;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>
/// Ports on loopback for programs that are started in a moment. They lie below those that the system hands out by itself (Linux: from 32768 on): a port from
/// there may be somebody's outgoing connection by the time the program listens.
/// </summary>
internal static class FreePorts
{
    private const int First = 15_000, End = 32_000, MostTries = 1_000;

    public static int Take()
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, End));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // the next one
            }
        }
        throw new InvalidOperationException($"No port from {First} to {End - 1} is free.");
    }

    /// <summary>Several, all different.</summary>
    public static int[] Take(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count) ports.Add(Take());
        return [.. ports];
    }
}
