using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Intake;

/// <summary>What failures of reading mean for people, and what to do.</summary>
internal static class IntakeFailures
{
    /// <returns>Null for what is a fault of ours and should be seen whole.</returns>
    public static string? Explain(Exception failure) => failure switch
    {
        MailConnectionException { Kind: ConnectionFailure.Authentication } => $"{Sentence(failure.Message)} Enter the right user and password in the mailbox's settings; until then it is tried rarely, so that the account is not locked.",
        MailConnectionException { Kind: ConnectionFailure.Certificate } => $"{Sentence(failure.Message)} If that server is yours, compare the fingerprint and pin it in the mailbox's settings.",
        MailConnectionException or IntakeException or SecretsKeyException or RemoteException => Sentence(failure.Message),
        ImapCommandException refusal => Sentence(refusal.Message),
        _ => StoreFailures.Explain(failure),
    };

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('?') ? text : text + ".";
}
