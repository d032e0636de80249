using System.Net.Security;
using System.Security.Authentication;

namespace EmailOps.Mail.Net;

/// <summary>Agrees on TLS over a stream, and says in plain words why not.</summary>
internal static class TlsHandshake
{
    public static async Task<SslStream> RunAsync(Stream stream, MailServer server, ConnectionLimits limits, TimeProvider time, CancellationToken cancel)
    {
        if (server.Trust.Problem() is { } problem)
            throw new MailConnectionException(ConnectionFailure.Certificate, problem);
        var check = new CertificateCheck(server.Trust, time);
        using var timeout = new CancellationTokenSource(limits.Handshake, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = server.Host,
                CertificateChainPolicy = check.Policy(),
                RemoteCertificateValidationCallback = check.Accept,
            }, both.Token);
            return tls;
        }
        catch (Exception failure)
        {
            await tls.DisposeAsync();
            cancel.ThrowIfCancellationRequested();
            if (Explain(failure, server, check, limits) is { } explained)
                throw explained;
            throw;
        }
    }

    private static MailConnectionException? Explain(Exception failure, MailServer server, CertificateCheck check, ConnectionLimits limits) => failure switch
    {
        _ when check.Finding is { } finding => new(ConnectionFailure.Certificate, $"{server}: {finding.Describe(server.Host)}", failure) { Certificate = finding },
        OperationCanceledException => new(ConnectionFailure.Timeout, $"{server} did not finish the TLS handshake within {limits.Handshake.TotalSeconds:0.#} s.", failure),
        // What a plain-text greeting looks like to the TLS layer.
        AuthenticationException or IOException when server.Security == TransportSecurity.ImplicitTls =>
            new(ConnectionFailure.Tls, $"{server} did not answer with TLS ({failure.Message}) Is it a STARTTLS port?", failure),
        AuthenticationException or IOException or ObjectDisposedException => new(ConnectionFailure.Tls, $"TLS with {server} failed: {failure.Message}", failure),
        _ => null,
    };
}
