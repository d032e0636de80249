using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>
/// What to do when a server does not let us in, from its words. Seen in the field: Gmail "[ALERT] Application-specific password required" and
/// "Please log in via your web browser"; Microsoft "535 5.7.139 Authentication unsuccessful, basic authentication is disabled"; Zoho "You are yet
/// to enable IMAP for your account"; Yandex "This user does not have access rights to this service"; Dovecot "[AUTHENTICATIONFAILED]".
/// </summary>
internal static class SignInFixes
{
    private static readonly (string[] Words, string Fix)[] Known =
    [
        (["application-specific password", "app-specific password", "app password", "application password", "invalidsecondfactor", "second factor"],
            "The provider takes an app password only, not the account's own. Make one in the account's security settings and enter it here."),
        (["basic authentication is disabled", "basicauthblocked", "basic auth", "5.7.139"],
            "Passwords are switched off here (Microsoft 365 ended basic authentication). Sign in with OAuth 2.0: choose it under Authentication and store an access token."),
        (["smtpclientauthentication is disabled", "5.7.57"],
            "Sending by SMTP is switched off for this mailbox. In the Microsoft 365 admin centre: Users, Active users, the mailbox, Mail, Manage email apps, tick Authenticated SMTP."),
        (["enable imap", "imap is disabled", "imap access is disabled", "not enabled for imap", "imap4 is disabled", "imap disabled", "does not have access rights to this service", "imap service is disabled"],
            "IMAP is switched off for this mailbox. Switch it on in the provider's mail settings (Gmail: Settings, Forwarding and POP/IMAP), wait a few minutes and test again."),
        (["web browser", "weblogin", "web login"],
            "The provider wants a person to sign in by browser once: do so from this network and confirm that it was you. If that does not help, an app password is needed."),
        (["too many", "rate limit", "[limit]", "try again later", "temporarily", "4.7.0"],
            "The provider blocks for a while after failed attempts. Wait a quarter of an hour and test again with the right password."),
        (["maximum number of connections", "too many simultaneous"],
            "The mailbox has too many open connections. Close other mail programs, or wait until the server ends old ones."),
        (["locked", "suspended", "disabled account", "account is disabled", "account disabled"],
            "The account is locked or switched off. Sign in on the provider's web page to see why."),
    ];

    public static string Fix(string service, string address, MailServerSettings server, string said)
    {
        foreach (var (words, fix) in Known)
            if (words.Any(w => said.Contains(w, StringComparison.OrdinalIgnoreCase))) return fix;
        if (server.Authentication == MailAuthentication.OAuth2)
            return "The access token is not accepted: it has expired, is for another account, or lacks the permission (Gmail: https://mail.google.com/; Microsoft: IMAP.AccessAsUser.All and SMTP.Send). Get a new one.";
        if (said.Contains("offers no way", StringComparison.Ordinal))
            return "The server takes no password here. Often it does once the connection is protected: choose TLS or STARTTLS. Else it may want OAuth 2.0, or for SMTP no sign-in at all.";
        if ((MailProvider.OfHost(server.Host) ?? MailProvider.OfAddress(address))?.SignIn is { } provider) return provider;
        var user = string.IsNullOrEmpty(server.User) ? address : server.User;
        return user.Contains('@', StringComparison.Ordinal)
            ? $"Enter the password again. If it works elsewhere, the sign-in name may not be the address: try {user.Split('@')[0]} as user."
            : $"Enter the password again, and check the user: many servers want the whole address ({address}) instead of {user}.";
    }
}
