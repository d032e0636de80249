using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>Leads Npgsql through a proxy to the server that a connection string names.</summary>
internal static class PostgresRoute
{
    /// <summary>The server itself: its Unix socket, or its port on this machine.</summary>
    public static EndPoint Server(string connectionString)
    {
        var named = new NpgsqlConnectionStringBuilder(connectionString);
        return named.Host!.StartsWith('/') ? new UnixDomainSocketEndPoint($"{named.Host}/.s.PGSQL.{named.Port}") : new IPEndPoint(named.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(named.Host), named.Port);
    }

    public static string Through(TcpProxy proxy, string connectionString)
        => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString;
}
