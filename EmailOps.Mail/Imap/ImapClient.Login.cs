using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

public sealed partial class ImapClient
{
    private async Task GreetAsync(CancellationToken cancel)
    {
        ImapResponse response;
        try
        {
            response = await _session.ReadAsync(null, cancel);
        }
        catch (MailConnectionException failure) when (failure.Kind == ConnectionFailure.Timeout && Server.Security != TransportSecurity.ImplicitTls)
        {
            throw new MailConnectionException(ConnectionFailure.Timeout, $"{Server} did not greet. Does the port expect TLS from the first byte?", failure);
        }
        var reply = response.Reply();
        Greeting = reply.Text;
        if (response.Tag != 0 || reply.Status is not (ImapStatus.Ok or ImapStatus.PreAuth))
        {
            await _session.BreakAsync();
            throw reply.Status == ImapStatus.Bye
                ? new MailConnectionException(ConnectionFailure.Closed, $"{Server} takes no session now: {reply.Text}")
                : new MailConnectionException(ConnectionFailure.Protocol, $"{Server} does not greet as an IMAP server does.");
        }
        IsAuthenticated = reply.Status == ImapStatus.PreAuth;
        // Logged in before TLS, STARTTLS is not allowed any more: somebody on the way could keep the session in plain text so.
        if (IsAuthenticated && Server.Security == TransportSecurity.StartTls)
            throw new MailConnectionException(ConnectionFailure.Tls, $"{Server} considers the session logged in already; STARTTLS is not possible.");
        await LearnAsync(cancel);
    }

    private async Task StartTlsAsync(CancellationToken cancel)
    {
        if (!Capabilities.StartTls)
            throw new MailConnectionException(ConnectionFailure.Tls, $"{Server} does not offer STARTTLS.");
        var reply = await _session.TryAsync(new ImapCommand("STARTTLS"), null, cancel);
        if (reply.Status != ImapStatus.Ok)
            throw new MailConnectionException(ConnectionFailure.Tls, $"{Server} refused STARTTLS: {reply.Text}");
        await Connection.StartTlsAsync(cancel);
        // What was said in plain text may have been said by anybody.
        _session.State.Capabilities = ImapCapabilities.None;
        _session.State.CapabilitiesCame = false;
        _session.State.Alerts.Clear();
        await LearnAsync(cancel);
    }

    private async Task EnteredAsync(CancellationToken cancel)
    {
        IsAuthenticated = true;
        await LearnAsync(cancel);
    }

    /// <summary>Asks for the capabilities, unless the server told them by itself.</summary>
    private async Task LearnAsync(CancellationToken cancel)
    {
        if (!_session.State.CapabilitiesCame)
            await _session.RunAsync(new ImapCommand("CAPABILITY"), null, cancel);
        _session.State.CapabilitiesCame = false;
    }

    private Task<ImapReply> ExchangeAsync(SaslMechanism mechanism, CancellationToken cancel)
    {
        _session.State.CapabilitiesCame = false;
        Connection.Hide(mechanism.Secrets);
        var first = mechanism.Initial;
        var command = new ImapCommand("AUTHENTICATE") { IsSecret = true }.Raw(mechanism.Name);
        if (first is not null && Capabilities.SaslInitialResponse)
        {
            // An empty response is written "=" (RFC 4959, section 3).
            command.Raw(first.Length == 0 ? "=" : Convert.ToBase64String(first));
            first = null;
        }
        return _session.TryAsync(command, null, cancel, Answer);

        string? Answer(ImapResponse prompt)
        {
            if (first is not null)
            {
                var initial = Convert.ToBase64String(first);
                first = null;
                return initial;
            }
            try
            {
                return Convert.ToBase64String(mechanism.Respond(ImapAnswers.Challenge(prompt.Cursor().Rest)));
            }
            catch (MailConnectionException)
            {
                // The client's way to end an exchange (RFC 3501, section 6.2.2); the server answers BAD.
                return "*";
            }
        }
    }
}
