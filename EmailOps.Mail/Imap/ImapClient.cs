using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

/// <summary>
/// An IMAP4rev1 client (RFC 3501, with what RFC 9051 and the usual extensions add where the server has them). It does one thing at a time: a second
/// operation before the first has ended is an <see cref="InvalidOperationException"/>. Three kinds of failure leave it:
/// <see cref="MailConnectionException"/> (the connection is gone), <see cref="ImapCommandException"/> (a command was refused, the connection is usable)
/// and <see cref="OperationCanceledException"/> (after which the connection is gone too, but for <see cref="IdleAsync"/>).
/// </summary>
public sealed partial class ImapClient : IAsyncDisposable
{
    private readonly ImapSession _session;
    private readonly ImapLimits _limits;
    private readonly TimeProvider _time;

    private ImapClient(ImapSession session, ImapLimits limits, TimeProvider time) => (_session, _limits, _time) = (session, limits, time);

    public MailConnection Connection => _session.Connection;

    public MailServer Server => _session.Connection.Server;

    /// <summary>What the server says it can do, as of its last word on it (they change with TLS and login).</summary>
    public ImapCapabilities Capabilities => _session.State.Capabilities;

    /// <summary>The server's first words.</summary>
    public string Greeting { get; private set; } = "";

    public bool IsAuthenticated { get; private set; }

    /// <summary>False after a failure of the connection: make a new client.</summary>
    public bool IsUsable => !_session.IsBroken;

    /// <summary>The open folder, or null.</summary>
    public ImapFolder? Folder => _session.State.Folder;

    /// <summary>What the server wants people to read (RFC 3501, section 7.1): full quotas, maintenance.</summary>
    public IReadOnlyList<string> Alerts => _session.State.Alerts;

    /// <summary>Connects, goes over to TLS as the server's settings say, and learns the capabilities.</summary>
    /// <exception cref="MailConnectionException"/>
    public static async Task<ImapClient> ConnectAsync(MailServer server, ImapLimits? limits = null, ConnectionLimits? connectionLimits = null, IProtocolLog? log = null, TimeProvider? time = null, CancellationToken cancel = default)
    {
        (limits, time) = (limits ?? ImapLimits.Default, time ?? TimeProvider.System);
        var connection = await MailConnection.ConnectAsync(server, connectionLimits, log, time, cancel);
        var client = new ImapClient(new ImapSession(connection, limits), limits, time);
        try
        {
            await client.GreetAsync(cancel);
            if (server.Security == TransportSecurity.StartTls)
                await client.StartTlsAsync(cancel);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shows credentials in the best way both sides know, then learns what more the server can do.</summary>
    /// <exception cref="MailConnectionException">Refused (<see cref="ConnectionFailure.Authentication"/>), or they would travel in plain text.</exception>
    /// <exception cref="ImapCommandException">The server cannot check credentials now (<see cref="ImapCommandException.IsTemporary"/>).</exception>
    public async Task LoginAsync(MailCredentials credentials, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        Connection.RequirePrivacy();
        if (!Capabilities.CanLogin(credentials, Server, out var mechanisms))
            throw new MailConnectionException(ConnectionFailure.Authentication, $"{Server} offers no way to log in with a {(credentials.Password is null ? "token" : "password")} (it has: {string.Join(' ', Capabilities.Mechanisms)}).");
        ImapReply reply = default;
        foreach (var mechanism in mechanisms)
        {
            reply = await ExchangeAsync(mechanism, cancel);
            if (reply.Status == ImapStatus.Ok)
            {
                await EnteredAsync(cancel);
                return;
            }
            // BAD means that the server offers a mechanism which it cannot do; NO is the answer about the credentials.
            if (reply.Status != ImapStatus.Bad)
                throw Refusal("AUTHENTICATE", reply, mechanism);
        }
        if (credentials.Password is { } password && !Capabilities.LoginDisabled)
        {
            Connection.Hide([password]);
            reply = await _session.TryAsync(new ImapCommand("LOGIN") { IsSecret = true }.String(credentials.User).String(password), null, cancel);
        }
        if (reply.Status != ImapStatus.Ok)
            throw Refusal("LOGIN", reply, null);
        await EnteredAsync(cancel);
    }

    /// <summary>Shows credentials by one mechanism, offered or not.</summary>
    /// <exception cref="MailConnectionException">Refused (<see cref="ConnectionFailure.Authentication"/>), or they would travel in plain text.</exception>
    public async Task AuthenticateAsync(SaslMechanism mechanism, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        Connection.RequirePrivacy();
        var reply = await ExchangeAsync(mechanism, cancel);
        if (reply.Status != ImapStatus.Ok)
            throw Refusal("AUTHENTICATE", reply, mechanism);
        await EnteredAsync(cancel);
    }

    /// <summary>Lets the server say what is new.</summary>
    public async Task NoopAsync(CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        await _session.RunAsync(new ImapCommand("NOOP"), null, cancel);
    }

    /// <summary>What came unasked since the last call; the count starts anew. Ask before a search, so that nothing falls between it and IDLE.</summary>
    public ImapChanges TakeChanges()
    {
        var changes = _session.State.Changes;
        _session.State.Changes = ImapChanges.None;
        return changes;
    }

    /// <summary>Says who is asking and hears who answers (RFC 2971); empty where the server has no ID.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> IdAsync(IReadOnlyDictionary<string, string>? self = null, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        var told = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (!Capabilities.Id)
            return told;
        var command = new ImapCommand("ID");
        command.Raw(self is { Count: > 0 }
            ? $"({string.Join(' ', self.Take(30).SelectMany(field => new[] { field.Key, field.Value }).Select(ImapQuoted.Ascii))})"
            : "NIL");
        await _session.RunAsync(command, response =>
        {
            if (response.Word == ImapWord.Id)
                ImapAnswers.ReadId(response.Cursor(), told);
        }, cancel);
        return told;
    }

    /// <summary>Says goodbye and closes. A server that does not answer is not waited for.</summary>
    public async Task LogoutAsync(CancellationToken cancel = default)
    {
        if (IsUsable)
        {
            using var turn = _session.Enter();
            try
            {
                await _session.TryAsync(new ImapCommand("LOGOUT"), null, cancel);
            }
            catch (MailConnectionException)
            {
                // Many servers close with their BYE, before the answer to LOGOUT.
                IsAuthenticated = false;
            }
        }
        await DisposeAsync();
    }

    /// <summary>Closes without a word.</summary>
    public ValueTask DisposeAsync() => _session.BreakAsync();

    private static Exception Refusal(string command, ImapReply reply, SaslMechanism? mechanism)
    {
        if (reply.Code is "UNAVAILABLE" or "INUSE" or "LIMIT" or "SERVERBUG")
            return new ImapCommandException(command, reply);
        var reason = reply.Text.Length > 0 ? reply.Text : "no reason given";
        var more = mechanism?.ServerReason is { Length: > 0 } told ? $" ({told})" : "";
        return new MailConnectionException(ConnectionFailure.Authentication, $"The server does not take the credentials: {reason}{more}");
    }
}
