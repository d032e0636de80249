using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>What both protocols begin with: the name, the port, TLS and its certificate.</summary>
internal sealed class ServerCheck(StepList steps, MailServerSettings settings, string address)
{
    /// <summary>Stands in the text about a certificate that ends soon.</summary>
    public const string RenewIt = "have it renewed";
    private const int SoonDays = 14;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static ConnectionLimits Limits { get; } = new() { Connect = Patience, Handshake = Patience, Read = Patience, Write = Patience, Line = Patience };

    public MailServer Server { get; } = settings.Server();

    /// <summary>The name has an address and the port takes connections.</summary>
    public async Task<bool> ReachAsync(CancellationToken cancel)
    {
        try
        {
            if (!IPAddress.TryParse(settings.Host, out _))
            {
                var found = await Dns.GetHostAddressesAsync(settings.Host, cancel);
                steps.Pass("Name", $"{settings.Host} is {string.Join(", ", found.Take(4).Select(a => a.ToString()))}{(found.Length > 4 ? ", ..." : "")}.");
            }
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            var unknown = new MailConnectionException(ConnectionFailure.Dns, failure.Message);
            steps.Fail("Name", $"{settings.Host} has no address: {failure.Message}.", ConnectionFixes.Reaching(steps.Service, address, settings, unknown));
            return false;
        }
        try
        {
            await using var connection = await MailConnection.ConnectAsync(Server with { Security = TransportSecurity.None }, Limits, null, steps.Clock, cancel);
            steps.Pass("Connection", $"Port {settings.Port} answers{(connection.RemoteAddress is IPEndPoint { Address: var at } ? $" at {at}" : "")}.");
            return true;
        }
        catch (MailConnectionException failure)
        {
            steps.Fail("Connection", failure.Message, ConnectionFixes.Reaching(steps.Service, address, settings, failure));
            return false;
        }
    }

    /// <summary>Tells of a connection that is open: how it is protected, and until when.</summary>
    public void Protected(MailConnection connection)
    {
        if (!connection.IsEncrypted)
        {
            steps.Pass("Protection", "None: everything, the password too, crosses the network readable. Only for a server on this machine or in a network you trust.");
            return;
        }
        var version = connection.Tls switch { SslProtocols.Tls13 => "TLS 1.3", SslProtocols.Tls12 => "TLS 1.2", var other => $"{other}" };
        var how = settings.Security == MailSecurity.StartTls ? $"{version} after STARTTLS" : version;
        if (connection.ServerCertificate is not { } certificate)
        {
            steps.Pass("TLS", $"{how}.");
            return;
        }
        var days = (int)Math.Floor((certificate.NotAfter.ToUniversalTime() - steps.Clock.GetUtcNow().UtcDateTime).TotalDays);
        var until = days < 0 ? $"expired {-days} days ago" : days <= SoonDays ? $"expires in {days} days: {RenewIt}" : $"valid for {days} more days";
        steps.Pass("TLS", $"{how}. The certificate is for {Name(certificate.Subject)}, issued by {Name(certificate.Issuer)}, {until}{(string.IsNullOrEmpty(settings.CertificateSha256) ? "" : "; it is the pinned one")}.");
    }

    /// <summary>No protection, or no first words: says which setting is wrong.</summary>
    public async Task GreetingFailedAsync(MailConnectionException failure, CancellationToken cancel)
    {
        if (failure.Certificate is { } certificate)
        {
            steps.Fail("TLS", failure.Message, ConnectionFixes.Certificate(settings, certificate));
            return;
        }
        var voice = await PortVoice.ListenAsync(Server, steps.Clock, cancel);
        steps.Fail(failure.Kind == ConnectionFailure.Tls ? "TLS" : "Greeting", failure.Message, ConnectionFixes.Greeting(steps.Service, settings, failure, voice));
    }

    /// <summary>Why signing in did not work. Also for those who offer no sign-in before TLS, or hang up instead of answering.</summary>
    public void SignInFailed(MailConnectionException failure) => steps.Fail("Sign-in", failure.Message, failure.Kind switch
    {
        ConnectionFailure.PlainText => "Choose TLS or STARTTLS: passwords are not sent where others can read them.",
        ConnectionFailure.Authentication => SignInFixes.Fix(steps.Service, address, settings, failure.Message),
        ConnectionFailure.Timeout => "The server takes very long to check the password. Test again; some slow down on purpose after wrong ones.",
        _ => SignInFixes.Fix(steps.Service, address, settings, failure.Message),
    });

    /// <summary>The common name, or the whole when there is none.</summary>
    private static string Name(string distinguished)
        => distinguished.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(p => p.StartsWith("CN=", StringComparison.OrdinalIgnoreCase)) is { Length: > 3 } name ? name[3..] : distinguished;
}
