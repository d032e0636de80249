using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EmailOps.Tests.Mailboxes;

/// <summary>A server that says what it is told to, line by line: for the refusals of providers that cannot be had here, in their own words.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string? _greeting;
    private readonly Func<string, string?> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _serving;

    /// <param name="greeting">Null: silence.</param>
    /// <param name="answer">From a line of the client to ours, without the last line end; null hangs up.</param>
    /// <param name="certificate">TLS from the first byte.</param>
    public ScriptedServer(string? greeting, Func<string, string?>? answer = null, X509Certificate2? certificate = null)
    {
        (_greeting, _answer, _certificate) = (greeting, answer ?? (_ => null), certificate);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every line that a client said.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>Made here and trusted by nobody.</summary>
    public static X509Certificate2 Certificate(string name, TimeSpan from, TimeSpan until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now + from, now + until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>An IMAP server that answers LOGIN or AUTHENTICATE with the given words.</summary>
    public static ScriptedServer ImapRefusing(string refusal) => new("* OK [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN] ready", line =>
    {
        var (tag, command) = (line.Split(' ')[0], line.Split(' ').ElementAtOrDefault(1)?.ToUpperInvariant());
        return command switch
        {
            "AUTHENTICATE" or "LOGIN" => $"{tag} {refusal}",
            "CAPABILITY" => $"* CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN\r\n{tag} OK done",
            _ => $"{tag} BAD what?",
        };
    });

    /// <summary>An SMTP server that answers AUTH with the given words.</summary>
    public static ScriptedServer SmtpRefusing(string refusal) => new("220 mail ready", line => line.Split(' ')[0].ToUpperInvariant() switch
    {
        "EHLO" => "250-mail\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 5000000",
        "AUTH" => refusal,
        "QUIT" => "221 bye",
        _ => "500 what?",
    });

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                    stream = tls;
                }
                if (_greeting is not null) await stream.WriteAsync(Encoding.UTF8.GetBytes(_greeting + "\r\n"), _stop.Token);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    lock (Heard) Heard.Add(line);
                    if (_greeting is null) continue;
                    if (_answer(line) is not { } answer) return;
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _stop.Token);
                }
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                return; // the client went its way
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Before the listener goes: asked once more after that, it would complain that it was never started.
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }
}
