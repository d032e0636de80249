using System.Net;
using System.Net.Sockets;
using EmailOps.AppHost.Postgres;
using EmailOps.ServiceDefaults.Settings;

namespace EmailOps.AppHost.Embedded;

/// <summary>Looks at the ports before anything is started, so that a second start fails in a moment and says which key to change.</summary>
internal static class Ports
{
    /// <summary>Answers the port, or a free one for 0.</summary>
    public static int Take(string address, int port, string key)
    {
        if (!IPAddress.TryParse(address == "localhost" ? "127.0.0.1" : address, out var ip))
            throw new InvalidSettingException("BIND_ADDRESS", $"cannot be \"{address}\".", "Write 127.0.0.1 (this machine only) or 0.0.0.0 (every network).");
        return port == 0 ? Free(ip, key) : Try(ip, address, port, key);
    }

    // Below the ports that the system hands out by itself: one of those may be somebody's outgoing connection by the time we listen.
    private static int Free(IPAddress ip, string key)
    {
        for (var left = 1000; ; left--)
        {
            try
            {
                return Try(ip, ip.ToString(), Random.Shared.Next(10_000, 32_000), key);
            }
            catch (StartupException taken) when (left > 0 && taken.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                continue;
            }
        }
    }

    private static int Try(IPAddress ip, string address, int port, string key)
    {
        using var listener = new TcpListener(ip, port);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw Taken(port, key, refused);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartupException($"Port {port} is only for root.", $"Set {key} to a port above 1023.", refused);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new StartupException($"This machine has no address {address}.", "Set BIND_ADDRESS to 127.0.0.1, 0.0.0.0, or an address of this machine.", refused);
        }
    }

    public static StartupException Taken(int port, string key, Exception cause) =>
        new($"Port {port} is in use by another program.", $"Stop that program, or set {key} to a free port: {key}={port + 100} ./run.sh", cause);
}
