using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Net;

public sealed class MailConnectionTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    [Theory]
    [InlineData("localhost", -10, 10, new CertificateProblem[0])]
    [InlineData("127.0.0.1", -10, 10, new[] { CertificateProblem.WrongName })]
    [InlineData("other.example", -10, 10, new[] { CertificateProblem.WrongName })]
    [InlineData("localhost", -10, -1, new[] { CertificateProblem.Expired })]
    [InlineData("localhost", 1, 10, new[] { CertificateProblem.NotYetValid })]
    [InlineData("other.example", -10, -1, new[] { CertificateProblem.WrongName, CertificateProblem.Expired })]
    public async Task A_certificate_of_a_trusted_root_is_still_asked_for_name_and_dates(string name, int from, int to, CertificateProblem[] problems)
    {
        using var certificate = _certificates.Issue(name, from, to);
        var server = await ListenAsync(certificate, new ServerTrust { ExtraRoots = [_certificates.Root] });
        if (problems.Length == 0)
        {
            await using var connection = await MailConnection.ConnectAsync(server);
            Assert.Equal("hello", Encoding.ASCII.GetString((await connection.ReadLineAsync()).Span));
            return;
        }
        var refused = await Assert.ThrowsAsync<MailConnectionException>(() => MailConnection.ConnectAsync(server));
        Assert.Equal(ConnectionFailure.Certificate, refused.Kind);
        Assert.Equal(problems, refused.Certificate!.Problems);
        Assert.Contains(refused.Certificate.Sha256, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_vouches_for_its_own_only()
    {
        using var strangers = new TestCertificates();
        using var certificate = _certificates.Issue("localhost");
        foreach (var trust in (ServerTrust[])[ServerTrust.System, new() { ExtraRoots = [strangers.Root] }])
        {
            var refused = await Assert.ThrowsAsync<MailConnectionException>(async () => await MailConnection.ConnectAsync(await ListenAsync(certificate, trust)));
            Assert.Equal([CertificateProblem.UntrustedIssuer], refused.Certificate!.Problems);
            Assert.Contains("CN=Test root", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_said_before_TLS_is_not_heard_after_it()
    {
        using var certificate = _certificates.Issue("localhost");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await using var plain = new NetworkStream(socket);
            using var reader = new StreamReader(plain, leaveOpen: true);
            await plain.WriteAsync("* OK [CAPABILITY IMAP4rev1 STARTTLS X-PLAIN] hi\r\n"u8.ToArray());
            Assert.EndsWith("STARTTLS", await reader.ReadLineAsync(), StringComparison.Ordinal);
            // In one piece with the agreement, as somebody on the way would put it.
            await plain.WriteAsync("e1 OK begin\r\n* CAPABILITY X-INJECTED\r\ne2 OK injected\r\n* OK [ALERT] call this number\r\n"u8.ToArray());
            await using var tls = new SslStream(plain);
            await tls.AuthenticateAsServerAsync(certificate);
            using var secure = new StreamReader(tls, leaveOpen: true);
            Assert.EndsWith("CAPABILITY", await secure.ReadLineAsync(), StringComparison.Ordinal);
            await tls.WriteAsync("* CAPABILITY IMAP4rev1 X-SECURE\r\ne2 OK\r\n"u8.ToArray());
            await secure.ReadLineAsync();
        });
        var log = new RecordingLog();
        var server = new MailServer("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, TransportSecurity.StartTls) { Trust = new ServerTrust { ExtraRoots = [_certificates.Root] } };
        await using (var client = await ImapClient.ConnectAsync(server, log: log))
        {
            Assert.True(client.Capabilities.Has("X-SECURE"));
            Assert.False(client.Capabilities.Has("X-INJECTED") || client.Capabilities.Has("X-PLAIN"));
            Assert.Empty(client.Alerts);
        }
        Assert.Equal(1, log.Count("thrown away"));
        await serving;
    }

    [Fact]
    public async Task Where_nobody_is_the_failure_says_so()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        Assert.Equal(ConnectionFailure.Refused, (await FailAsync("127.0.0.1", port)).Kind);
        Assert.Equal(ConnectionFailure.Refused, (await FailAsync("localhost", port)).Kind);
        Assert.Equal(ConnectionFailure.Dns, (await FailAsync("no-such-host.invalid", port)).Kind);

        static Task<MailConnectionException> FailAsync(string host, int port) =>
            Assert.ThrowsAsync<MailConnectionException>(() => MailConnection.ConnectAsync(new MailServer(host, port, TransportSecurity.None)));
    }

    [Fact]
    public async Task A_server_that_never_finishes_the_handshake_is_left()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var failure = await Assert.ThrowsAsync<MailConnectionException>(() => MailConnection.ConnectAsync(
            new MailServer("localhost", ((IPEndPoint)listener.LocalEndpoint).Port), new ConnectionLimits { Handshake = TimeSpan.FromMilliseconds(100) }));
        Assert.Equal(ConnectionFailure.Timeout, failure.Kind);
    }

    [Fact]
    public async Task Content_comes_in_pieces_and_is_counted()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = new MailServer("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, TransportSecurity.None);
        var opening = MailConnection.ConnectAsync(server, new ConnectionLimits { ReadBuffer = 64 });
        using var socket = await listener.AcceptSocketAsync();
        await using var connection = await opening;
        var body = Enumerable.Range(0, 1_000).Select(i => (byte)i).ToArray();
        await socket.SendAsync(body.Concat("next\r\n"u8.ToArray()).ToArray());
        var got = new MemoryStream();
        await connection.ReadContentAsync(900, (piece, _) => { got.Write(piece.Span); return ValueTask.CompletedTask; });
        await connection.ReadContentAsync(100, sink: null);
        Assert.Equal(body[..900], got.ToArray());
        Assert.Equal("next", Encoding.ASCII.GetString((await connection.ReadLineAsync()).Span));
        Assert.Equal(body.Length + 6, connection.BytesRead);
        Assert.Throws<ArgumentException>(() => connection.WriteLine("one\r\ntwo"));
        Assert.Throws<ArgumentException>(() => connection.WriteSecretLine("one\ntwo"));
    }

    private static async Task<MailServer> ListenAsync(X509Certificate2 certificate, ServerTrust trust)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync();
        await Task.CompletedTask;
        return new MailServer("localhost", ((IPEndPoint)listener.LocalEndpoint).Port) { Trust = trust };

        async Task ServeAsync()
        {
            using (listener)
            {
                using var socket = await listener.AcceptSocketAsync();
                await using var tls = new SslStream(new NetworkStream(socket));
                await tls.AuthenticateAsServerAsync(certificate);
                await tls.WriteAsync("hello\r\n"u8.ToArray());
                await tls.CopyToAsync(Stream.Null);
            }
        }
    }

    public void Dispose() => _certificates.Dispose();
}
