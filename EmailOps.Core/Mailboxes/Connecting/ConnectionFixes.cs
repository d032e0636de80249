using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>From what broke to what a person should change. One table, so that the console and the command line say the same.</summary>
internal static class ConnectionFixes
{
    private const string Imap = "IMAP";

    /// <summary>Before TLS and the first words.</summary>
    public static string Reaching(string service, string address, MailServerSettings server, MailConnectionException failure) => failure.Kind switch
    {
        ConnectionFailure.Dns when IsWeb(service) => $"Check the spelling of {server.Host} in the settings, and that this machine's name server knows names of the internet (getent hosts {server.Host}).",
        ConnectionFailure.Dns => $"Check the spelling of {server.Host}. Servers are often called {(service == Imap ? "imap" : "smtp")}.{MailboxAddress.Domain(address)} or mail.{MailboxAddress.Domain(address)}; Find settings tries them.",
        ConnectionFailure.Refused => $"Nothing listens on port {server.Port} of {server.Host}. Usual for {service}: {UsualPorts(service)}. If the port is right, the service is not running, or a firewall refuses us.",
        ConnectionFailure.Timeout => $"Nothing came back from {server.Host}:{server.Port}: a wrong host or port, or a firewall in between drops it{(server.Port == WellKnownPorts.Smtp ? " (many networks block port 25; use 587 or 465)" : "")}. Usual for {service}: {UsualPorts(service)}.",
        _ => $"This machine has no way to {server.Host}. Check its network, and whether the name leads to the right address.",
    };

    /// <param name="voice">What the port says by itself.</param>
    public static string Greeting(string service, MailServerSettings server, MailConnectionException failure, PortVoice voice)
    {
        if (voice.Kind is { } kind && kind != service)
            return $"This is a {(kind == "web" ? "web" : kind)} server, not one for {service}. Usual for {service}: {UsualPorts(service)}.";
        if (server.Security == MailSecurity.Tls && voice.Plain is not null)
            return $"The server speaks plain text on port {server.Port} (\"{voice.Plain}\"), so TLS cannot begin there. Choose STARTTLS, or keep TLS and use port {TlsPort(service)}.";
        if (server.Security != MailSecurity.Tls && voice.SpeaksTls)
            return $"Port {server.Port} expects TLS from the first byte. Choose TLS, or keep {Name(server.Security)} and use port {PlainPort(service)}.";
        if (server.Security == MailSecurity.StartTls && failure.Kind == ConnectionFailure.Tls)
            return $"The server offers no STARTTLS on port {server.Port}. Choose TLS with port {TlsPort(service)}. Only when the server is on this machine or in a network you trust may the protection be None.";
        return failure.Kind switch
        {
            ConnectionFailure.Tls => "The two sides could not agree on TLS. Servers that know nothing newer than TLS 1.1 must be updated.",
            ConnectionFailure.Timeout => $"The server takes the connection and says nothing. It may be overloaded, or this is no {service} port. Usual: {UsualPorts(service)}.",
            ConnectionFailure.Closed => "The server hangs up at once. It may have blocked this machine's address after failed attempts, or allow only certain networks: ask whoever runs it.",
            ConnectionFailure.Protocol => $"What answers is no {service} server. Usual for {service}: {UsualPorts(service)}.",
            _ => "Try again in a few minutes. If it stays, ask whoever runs the server, and show them this text.",
        };
    }

    public static string Certificate(MailServerSettings server, CertificateFinding certificate)
    {
        var problems = certificate.Problems;
        var pin = certificate.Sha256.Length == 0 ? "" : $" If this server is your own and the SHA-256 below is really its certificate's (on the server: openssl x509 -in cert.pem -noout -fingerprint -sha256), pin it: {certificate.Sha256}";
        if (problems.Contains(CertificateProblem.NotPinned)) return $"The server shows another certificate than the one that was pinned. If it was renewed on purpose, pin the new one: {certificate.Sha256}. If not, somebody may be listening in.";
        if (problems.Contains(CertificateProblem.Revoked)) return "The certificate was revoked, and is not used. Whoever runs the server must get a new one.";
        if (problems.Contains(CertificateProblem.Expired)) return $"Whoever runs the server must renew its certificate.{pin}";
        if (problems.Contains(CertificateProblem.NotYetValid)) return "Check the clock of this machine and of the server.";
        if (problems.Contains(CertificateProblem.WrongName) && !problems.Contains(CertificateProblem.SelfSigned))
            return certificate.Names.FirstOrDefault(n => !n.Contains('*', StringComparison.Ordinal)) is { } name ? $"Use the name that the certificate is for, {name}, instead of {server.Host}.{pin}" : $"Use a host name that the certificate covers ({string.Join(", ", certificate.Names.Take(3))}) instead of {server.Host}.{pin}";
        return $"Nobody that this machine trusts vouches for the certificate. Large providers never look like this: then check the host name.{pin}";
    }

    /// <summary>"TLS" and the other two, as the console names them.</summary>
    public static string Name(MailSecurity security) => security switch { MailSecurity.Tls => "TLS", MailSecurity.StartTls => "STARTTLS", _ => "no protection" };

    private static string UsualPorts(string service) => service switch { Imap => "993 with TLS, 143 with STARTTLS", _ when IsWeb(service) => "443", _ => "465 with TLS, 587 with STARTTLS" };

    /// <summary>Everything that is not one of the mail protocols.</summary>
    private static bool IsWeb(string service) => service is not (Imap or "SMTP");

    private static int TlsPort(string service) => service == Imap ? WellKnownPorts.Imaps : WellKnownPorts.Submissions;

    private static int PlainPort(string service) => service == Imap ? WellKnownPorts.Imap : WellKnownPorts.Submission;
}
