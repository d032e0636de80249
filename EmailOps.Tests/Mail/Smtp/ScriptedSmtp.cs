using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;

namespace EmailOps.Tests.Mail.Smtp;

/// <summary>A server on a real socket that says what a test wants, byte for byte. One script a connection; disposing fails when a script found something wrong.</summary>
internal sealed class ScriptedSmtp : IAsyncDisposable
{
    public const string Greeting = "220 mail.example ESMTP\r\n";
    public const string Capabilities = "250-mail.example\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _serving;

    public ScriptedSmtp(params Func<Talk, Task>[] scripts)
    {
        _listener.Start();
        _serving = ServeAsync(scripts);
    }

    public MailServer Server(TransportSecurity security = TransportSecurity.None) => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, security);

    public Task<SmtpClient> ConnectAsync(MailCredentials? credentials = null, SmtpOptions? options = null, IProtocolLog? log = null) =>
        SmtpClient.ConnectAsync(Server(), credentials, options ?? Quick, log);

    /// <summary>Waits that a test can afford, and long enough for a busy machine.</summary>
    public static SmtpOptions Quick { get; } = SmtpOptions.Default with { ClientName = "client.example", Greeting = TimeSpan.FromSeconds(30), Command = TimeSpan.FromSeconds(30), Quit = TimeSpan.FromSeconds(2), FinalAnswerAfterCancel = TimeSpan.FromSeconds(1) };

    public async ValueTask DisposeAsync()
    {
        // Scripts that wait for a client that is gone end by themselves.
        if (await Task.WhenAny(_serving, Task.Delay(TimeSpan.FromSeconds(30))) != _serving)
            await _ended.CancelAsync();
        _listener.Dispose();
        await _serving;
        _ended.Dispose();
    }

    private async Task ServeAsync(Func<Talk, Task>[] scripts)
    {
        foreach (var script in scripts)
        {
            using var client = await _listener.AcceptTcpClientAsync(_ended.Token);
            client.NoDelay = true;
            var talk = new Talk(client.GetStream(), _ended.Token);
            try
            {
                await script(talk);
            }
            catch (IOException)
            {
                // The client hung up first.
                continue;
            }
        }
    }

    /// <summary>The server's side of one connection.</summary>
    internal sealed class Talk(Stream stream, CancellationToken ended)
    {
        private Stream _stream = stream;

        /// <summary>What was submitted, dots undone.</summary>
        public List<string> Mails { get; } = [];

        public async Task SayAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), ended);

        public async Task SayAsync(byte[] bytes) => await _stream.WriteAsync(bytes, ended);

        public async Task<string> HearAsync()
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (true)
            {
                if (await _stream.ReadAsync(one, ended) == 0)
                    throw new IOException("The client hung up.");
                if (one[0] == '\n')
                    return line.ToString().TrimEnd('\r');
                line.Append((char)one[0]);
            }
        }

        public async Task ExpectAsync(string start, string answer)
        {
            Assert.StartsWith(start, await HearAsync(), StringComparison.Ordinal);
            await SayAsync(answer);
        }

        /// <summary>Greeting and EHLO.</summary>
        public async Task OpenAsync(string? capabilities = null)
        {
            await SayAsync(Greeting);
            await ExpectAsync("EHLO client.example", capabilities ?? Capabilities);
        }

        /// <summary>MAIL, one RCPT and DATA.</summary>
        public async Task EnvelopeAsync()
        {
            await ExpectAsync("MAIL FROM:<shop@shop.example>", "250 2.1.0 Ok\r\n");
            await ExpectAsync("RCPT TO:<kim@customer.example>", "250 2.1.5 Ok\r\n");
            await ExpectAsync("DATA", "354 go\r\n");
        }

        public async Task<string> MailAsync()
        {
            var mail = new StringBuilder();
            for (var line = await HearAsync(); line != "."; line = await HearAsync())
                mail.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            Mails.Add(mail.ToString());
            return mail.ToString();
        }

        public async Task GoodbyeAsync() => await ExpectAsync("QUIT", "221 bye\r\n");

        /// <summary>Until the client is gone.</summary>
        public async Task SilenceAsync()
        {
            while (true)
                await HearAsync();
        }

        public async Task TlsAsync(X509Certificate2 certificate)
        {
            var tls = new SslStream(_stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ended);
            _stream = tls;
        }
    }

    public static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mail.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
