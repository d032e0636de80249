using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>
/// A stored password goes to the server it was entered for and to no other: else whoever may change settings, but does not know the password,
/// could have it sent to a server of their own.
/// </summary>
internal static class MailboxSecrets
{
    public const string EnterIt = "Enter it and test again. A stored one is only shown to the server that it was entered for.";

    public static bool SameHost(MailServerSettings? one, MailServerSettings? other)
        => one is not null && other is not null && one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    /// <returns>What to enter again before this may be saved; null when nothing.</returns>
    public static string? Moved(MailboxSetup before, SaveMailbox after)
    {
        if (before.HasImapSecret && after.ImapSecret is null && Moves(before.Settings.Imap, after.Settings.Imap))
            return Again("imap.host", after.Settings.Imap!);
        var typed = after.SmtpSecret ?? after.ImapSecret;
        if ((before.HasSmtpSecret || before.HasImapSecret) && typed is null && Moves(before.Settings.Smtp, after.Settings.Smtp))
            return Again("smtp.host", after.Settings.Smtp!);
        return null;
    }

    private static bool Moves(MailServerSettings? was, MailServerSettings? now) => now is { Authentication: not MailAuthentication.None } && !SameHost(was, now);

    private static string Again(string field, MailServerSettings server) => $"{field} is another server now: enter the password again, so that it is shown to {server.Host} only because you want that.";
}
