using System.Text;

namespace EmailOps.Mail.Net;

/// <summary>One way to show credentials (RFC 4422), for IMAP AUTHENTICATE and SMTP AUTH alike. An instance is used for one exchange.</summary>
public abstract class SaslMechanism
{
    /// <summary>As it stands in capabilities: <c>PLAIN</c>, <c>XOAUTH2</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the client says first, or null where the server does.</summary>
    public abstract byte[]? Initial { get; }

    /// <summary>The server's last word that was not a prompt: with the OAuth mechanisms the reason of a refusal, as JSON. For people.</summary>
    public string? ServerReason { get; protected set; }

    /// <summary>The answer to a challenge; an empty array is an answer too. Both sides without base64.</summary>
    /// <exception cref="MailConnectionException">The mechanism has no answer left: the server asks for more than it knows.</exception>
    public abstract byte[] Respond(ReadOnlySpan<byte> challenge);

    /// <summary>What a protocol log must not show: the secrets and the forms they travel in.</summary>
    public abstract IEnumerable<string> Secrets { get; }

    protected static MailConnectionException Exhausted(string name) =>
        new(ConnectionFailure.Authentication, $"The server asks for more than {name} has to say.");

    protected static IEnumerable<string> Forms(params ReadOnlySpan<string> secrets)
    {
        var forms = new List<string>();
        foreach (var secret in secrets)
        {
            forms.Add(secret);
            forms.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
        }
        return forms;
    }
}

/// <summary>User and password in one message (RFC 4616).</summary>
public sealed class SaslPlain(string user, string password) : SaslMechanism
{
    public override string Name => "PLAIN";

    public override byte[]? Initial => Encoding.UTF8.GetBytes($"\0{user}\0{password}");

    public override byte[] Respond(ReadOnlySpan<byte> challenge) => throw Exhausted(Name);

    public override IEnumerable<string> Secrets => [.. Forms(password), Convert.ToBase64String(Initial!)];
}

/// <summary>User and password one after the other; never standardised, and all that some old servers have.</summary>
public sealed class SaslLogin(string user, string password) : SaslMechanism
{
    private int _step;

    public override string Name => "LOGIN";

    public override byte[]? Initial => null;

    // The prompts differ between servers ("Username:", "User Name\0", "VXNlcm5hbWU6"), their order does not.
    public override byte[] Respond(ReadOnlySpan<byte> challenge) => _step++ switch
    {
        0 => Encoding.UTF8.GetBytes(user),
        1 => Encoding.UTF8.GetBytes(password),
        _ => throw Exhausted(Name),
    };

    public override IEnumerable<string> Secrets => Forms(password);
}

/// <summary>User and OAuth 2.0 access token, as Gmail, Microsoft and Yahoo take it.</summary>
public sealed class SaslXOAuth2(string user, string token) : SaslMechanism
{
    public override string Name => "XOAUTH2";

    public override byte[]? Initial => Encoding.UTF8.GetBytes($"user={user}\u0001auth=Bearer {token}\u0001\u0001");

    /// <summary>A challenge is the reason of a refusal; the refusal itself comes after an empty answer.</summary>
    public override byte[] Respond(ReadOnlySpan<byte> challenge)
    {
        if (ServerReason is not null)
            throw Exhausted(Name);
        ServerReason = Encoding.UTF8.GetString(challenge);
        return [];
    }

    public override IEnumerable<string> Secrets => [.. Forms(token), Convert.ToBase64String(Initial!)];
}

/// <summary>User and OAuth 2.0 access token, the standard way (RFC 7628).</summary>
public sealed class SaslOAuthBearer(string user, string token, string host, int port) : SaslMechanism
{
    public override string Name => "OAUTHBEARER";

    public override byte[]? Initial =>
        Encoding.UTF8.GetBytes($"n,a={Escaped(user)},\u0001host={host}\u0001port={port}\u0001auth=Bearer {token}\u0001\u0001");

    /// <summary>A challenge is the reason of a refusal; it is answered with one 0x01 (RFC 7628, section 3.2.3).</summary>
    public override byte[] Respond(ReadOnlySpan<byte> challenge)
    {
        if (ServerReason is not null)
            throw Exhausted(Name);
        ServerReason = Encoding.UTF8.GetString(challenge);
        return [1];
    }

    public override IEnumerable<string> Secrets => [.. Forms(token), Convert.ToBase64String(Initial!)];

    // A saslname (RFC 5801, section 4).
    private static string Escaped(string name) => name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
}
