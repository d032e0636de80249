using System.Diagnostics.CodeAnalysis;

namespace EmailOps.Mail.Net;

/// <summary>Who logs in and with what: a password or an OAuth 2.0 access token. Never shown by <see cref="ToString"/>.</summary>
public sealed class MailCredentials
{
    private readonly string _secret;
    private readonly bool _isToken;

    private MailCredentials(string user, string secret, bool isToken)
    {
        // NUL separates the fields of PLAIN, 0x01 those of the OAuth mechanisms: inside a field they would end it early.
        if (user.AsSpan().ContainsAny('\0', '\u0001') || secret.AsSpan().ContainsAny('\0', '\u0001'))
            throw new ArgumentException("User, password and token hold no control characters.", nameof(user));
        (User, _secret, _isToken) = (user, secret, isToken);
    }

    public string User { get; }

    /// <summary>Null for a token.</summary>
    public string? Password => _isToken ? null : _secret;

    public static MailCredentials ForPassword(string user, string password) => new(user, password, isToken: false);

    public static MailCredentials ForToken(string user, string accessToken) => new(user, accessToken, isToken: true);

    /// <summary>The mechanisms for these credentials that the server offers, best first.</summary>
    public IReadOnlyList<SaslMechanism> Mechanisms(IReadOnlyCollection<string> offered, MailServer server) =>
        [.. All(server).Where(mechanism => offered.Contains(mechanism.Name, StringComparer.OrdinalIgnoreCase))];

    [SuppressMessage("Performance", "CA1859", Justification = "Reads better as the list it becomes.")]
    private IEnumerable<SaslMechanism> All(MailServer server) => _isToken
        ? [new SaslOAuthBearer(User, _secret, server.Host, server.Port), new SaslXOAuth2(User, _secret)]
        : [new SaslPlain(User, _secret), new SaslLogin(User, _secret)];

    public override string ToString() => $"{User} ({(_isToken ? "token" : "password")})";
}
