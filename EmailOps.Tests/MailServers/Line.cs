using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Tests.MailServers;

/// <summary>A connection that sends lines and reads answers: a client without opinions.</summary>
internal sealed class Line(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, Encoding.Latin1);

    public static async Task<Line> OpenAsync(MailServerPair servers, int port, bool tls = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { servers.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
            });
            stream = secure;
        }
        var line = new Line(stream);
        await line._reader.ReadLineAsync();
        return line;
    }

    public static async Task<Line> ImapAsync(MailServerPair servers, MailUser user, int? port = null)
    {
        var line = await OpenAsync(servers, port ?? servers.ImapPort);
        Assert.Contains("a OK", await line.AskAsync($"LOGIN {user.Address} {user.Password}"), StringComparison.Ordinal);
        return line;
    }

    /// <summary>An IMAP command and everything up to its tagged answer.</summary>
    public Task<string> AskAsync(string command) => ReadAsync("a " + command, line => line.StartsWith("a ", StringComparison.Ordinal));

    /// <summary>An SMTP command; its last line starts with what is expected.</summary>
    public async Task<string> SayAsync(string command, string expected)
    {
        var said = await ReadAsync(command, line => line.Length < 4 || line[3] == ' ');
        Assert.True(said.Split('\n')[^1].StartsWith(expected, StringComparison.Ordinal), $"{command} was answered {said}, not {expected}");
        return said;
    }

    private async Task<string> ReadAsync(string command, Func<string, bool> last)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        var lines = new List<string>();
        do lines.Add(await _reader.ReadLineAsync() ?? throw new IOException("hung up"));
        while (!last(lines[^1]));
        return string.Join('\n', lines);
    }

    public void Dispose() => _reader.Dispose();
}
