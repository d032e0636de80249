using System.Net;
using System.Net.Sockets;
using EmailOps.Mail.Net;
using EmailOps.Mail.Writing;

namespace EmailOps.Mail.Smtp;

/// <summary>
/// A signed-in connection to a submission server (RFC 5321, RFC 6409) that sends one mail after another. One caller at a time. It never tries anything twice:
/// who gets <see cref="SmtpOutcome.NotSent"/> decides whether to connect again.
/// </summary>
public sealed class SmtpClient : IAsyncDisposable
{
    private readonly MailConnection _connection;
    private readonly SmtpDialogue _dialogue;
    private readonly TimeProvider _time;
    private bool _needsReset;
    private int _isBusy;

    private SmtpClient(MailConnection connection, SmtpDialogue dialogue, TimeProvider time) => (_connection, _dialogue, _time) = (connection, dialogue, time);

    public MailConnection Connection => _connection;

    /// <summary>What the server offers now: after STARTTLS this is what it said under TLS.</summary>
    public SmtpCapabilities Capabilities { get; private set; } = SmtpCapabilities.None;

    /// <summary>Another mail may be tried. A server that hung up in the meantime is noticed by the next command only.</summary>
    public bool IsUsable => _dialogue.IsUsable;

    /// <summary>Connects, goes over to TLS as <see cref="MailServer.Security"/> says, and signs in where there are credentials.</summary>
    /// <exception cref="MailConnectionException">Any failure, with its kind and a sentence.</exception>
    public static async Task<SmtpClient> ConnectAsync(MailServer server, MailCredentials? credentials = null, SmtpOptions? options = null, IProtocolLog? log = null, TimeProvider? time = null, CancellationToken cancel = default)
    {
        (options, time) = (options ?? SmtpOptions.Default, time ?? TimeProvider.System);
        var connection = await MailConnection.ConnectAsync(server, options.Limits, log, time, cancel);
        var client = new SmtpClient(connection, new SmtpDialogue(connection, options, time), time);
        try
        {
            await client.OpenAsync(credentials, cancel);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Sends a mail. Failures of server and connection are results, not exceptions, and so is a cancellation: before the end of the mail it makes
    /// <see cref="SmtpOutcome.NotSent"/>; after it, the answer gets <see cref="SmtpOptions.FinalAnswerAfterCancel"/> more.
    /// </summary>
    /// <param name="mail">As <see cref="MailWriter"/> makes it: CR LF line ends only, lines of at most 998 bytes. Must not change until the call ends.</param>
    /// <exception cref="ArgumentException">An address cannot be written, there are no recipients or too many, or the mail holds bare line ends, NUL or longer lines. Nothing was said.</exception>
    public async Task<SmtpResult> SendAsync(SmtpEnvelope envelope, ReadOnlyMemory<byte> mail, CancellationToken cancel = default)
    {
        if (envelope.Recipients.Count == 0 || envelope.Recipients.Count > _dialogue.Options.MaxRecipients)
            throw new ArgumentException($"A mail has 1 to {_dialogue.Options.MaxRecipients} recipients.", nameof(envelope));
        if (WireText.Problem(mail.Span) is { } problem)
            throw new ArgumentException(problem, nameof(mail));
        var transaction = new SmtpTransaction(_dialogue, Capabilities, envelope, mail, _time);
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
            throw new InvalidOperationException("The connection sends a mail already.");
        try
        {
            var result = await transaction.RunAsync(_needsReset, cancel);
            _needsReset = result.Outcome != SmtpOutcome.Accepted;
            if (!IsUsable)
                await _connection.DisposeAsync();
            return result;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <summary>Asks whether the server is still there (NOOP). False also makes <see cref="IsUsable"/> false.</summary>
    public async Task<bool> CheckAsync(CancellationToken cancel = default)
    {
        try
        {
            return IsUsable && (await _dialogue.AskAsync("NOOP", _dialogue.Options.Command, cancel)).IsPositive && IsUsable;
        }
        catch (MailConnectionException)
        {
            _dialogue.GiveUp();
            return false;
        }
    }

    /// <summary>Says goodbye and closes. The server's answer changes nothing, so failures are not told.</summary>
    public async Task QuitAsync(CancellationToken cancel = default)
    {
        try
        {
            if (IsUsable)
                await _dialogue.AskAsync("QUIT", _dialogue.Options.Quit, cancel);
        }
        catch (MailConnectionException)
        {
            _dialogue.GiveUp();
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Cuts the connection at once.</summary>
    public ValueTask DisposeAsync()
    {
        _dialogue.GiveUp();
        return _connection.DisposeAsync();
    }

    private async Task OpenAsync(MailCredentials? credentials, CancellationToken cancel)
    {
        var options = _dialogue.Options;
        var greeting = await _dialogue.ReadAsync(options.Greeting, cancel);
        if (greeting.Code != 220)
            throw Unavailable(greeting);
        await GreetAsync(cancel);
        if (_connection.Server.Security == TransportSecurity.StartTls || (options.StartTlsWhenOffered && !_connection.IsEncrypted && Capabilities.StartTls))
            await StartTlsAsync(cancel);
        if (credentials is not null)
            await SmtpSignIn.RunAsync(_dialogue, Capabilities, credentials, cancel);
    }

    private async Task GreetAsync(CancellationToken cancel)
    {
        var options = _dialogue.Options;
        var name = options.ClientName ?? Literal(_connection.LocalAddress);
        _connection.WriteLine($"EHLO {name}");
        await _connection.FlushAsync(cancel);
        var lines = await _dialogue.ReadLinesAsync(options.Command, cancel);
        if (lines[0].Code == 250)
        {
            Capabilities = new SmtpCapabilities(lines.Skip(1).Select(line => line.Text));
            return;
        }
        var reply = SmtpDialogue.Join(lines);
        // RFC 5321 section 3.2: a server that does not know EHLO knows HELO.
        Capabilities = SmtpCapabilities.None;
        if (reply.IsPermanent)
            reply = await _dialogue.AskAsync($"HELO {name}", options.Command, cancel);
        if (reply.Code != 250)
            throw Unavailable(reply);
    }

    private async Task StartTlsAsync(CancellationToken cancel)
    {
        if (!Capabilities.StartTls)
            throw new MailConnectionException(ConnectionFailure.Tls, $"{_connection.Server} does not offer STARTTLS. Is it a port with TLS from the first byte (465)?");
        var reply = await _dialogue.AskAsync("STARTTLS", _dialogue.Options.Command, cancel);
        if (reply.Code != 220)
            throw new MailConnectionException(ConnectionFailure.Tls, $"{_connection.Server} offers STARTTLS and refuses it: {reply}");
        await _connection.StartTlsAsync(cancel);
        // RFC 3207 section 4.2: what was said before TLS is forgotten.
        await GreetAsync(cancel);
    }

    private MailConnectionException Unavailable(SmtpReply reply) => new(ConnectionFailure.Unavailable, $"{_connection.Server} does not serve us: {reply}");

    private static string Literal(EndPoint? local) => local is not IPEndPoint { Address: var address } ? "[127.0.0.1]"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{address}]";
}
