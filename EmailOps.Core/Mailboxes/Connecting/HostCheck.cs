using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Whether a web server can be reached: name, port, TLS with its certificate. What is asked of it comes after.</summary>
/// <param name="certificateSha256">Pins its certificate; null: it must be valid for the host.</param>
internal sealed class HostCheck(StepList steps, Uri address, string? certificateSha256 = null)
{
    /// <returns>False when a step failed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        if (Proxy() is { } proxy)
        {
            // Names are looked up and TLS is spoken beyond it: what we can see of the way is the proxy.
            steps.Pass("Proxy", $"{address.Host} is reached through {proxy.Host}:{proxy.Port}, as HTTPS_PROXY says.");
            return await Check(new MailServerSettings(proxy.Host, proxy.Port, MailSecurity.None)).ReachAsync(cancel);
        }
        var isPrivate = address.Scheme == Uri.UriSchemeHttps;
        var check = Check(new MailServerSettings(address.IdnHost.Trim('[', ']'), address.Port, isPrivate ? MailSecurity.Tls : MailSecurity.None, MailAuthentication.None, null, certificateSha256));
        if (!await check.ReachAsync(cancel)) return false;
        if (!isPrivate)
        {
            steps.Pass("Protection", "None: plain http, readable on the way. Only for a server on this machine.");
            return true;
        }
        try
        {
            await using var connection = await MailConnection.ConnectAsync(check.Server, ServerCheck.Limits, null, steps.Clock, cancel);
            check.Protected(connection);
            return true;
        }
        catch (MailConnectionException failure)
        {
            steps.Fail("TLS", failure.Message, Fix(failure));
            return false;
        }
    }

    private ServerCheck Check(MailServerSettings settings) => new(steps, settings, settings.Host);

    private Uri? Proxy() => HttpClient.DefaultProxy.IsBypassed(address) ? null : HttpClient.DefaultProxy.GetProxy(address) is { } proxy && proxy != address ? proxy : null;

    private string Fix(MailConnectionException failure) => failure.Certificate switch
    {
        null => "What answers there speaks no TLS that we understand: check the port, and whether a proxy or firewall in between takes the connection.",
        { Problems: var p } when p.Contains(CertificateProblem.Expired) => $"The certificate of {address.Host} has run out. Whoever runs it must renew it; if other machines see a valid one, a proxy in between shows its own, or this machine's clock is wrong.",
        { Problems: var p } when p.Contains(CertificateProblem.NotYetValid) => "Check the clock of this machine.",
        { Problems: var p } when p.Contains(CertificateProblem.WrongName) => $"The certificate is for another name: check the address. Large providers never look like this, so something in between may answer in place of {address.Host}.",
        _ => $"Nobody that this machine trusts vouches for the certificate of {address.Host} (issued by {StepList.Printable(failure.Certificate.Issuer)}). Where a proxy of yours inspects TLS, add its root certificate to this machine's; else the chain may be incomplete on the server.",
    };
}
