using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Imap;

namespace EmailOps.Worker.Intake;

/// <summary>What all that read over one connection share.</summary>
/// <param name="Suspects">Outlive the connection.</param>
internal sealed record ReadingContext(OpenedMailbox Mailbox, ImapClient Client, MailIntake Intake, FolderStore Folders, ReconciliationStore Reconciliations, LoopStatus Status, Suspects<ImapPlace> Suspects, TimeProvider Clock, ILogger Log);

/// <summary>Reading a mailbox cannot go on as it is; the message is for people.</summary>
internal sealed class IntakeException(string message, Exception? inner = null) : Exception(message, inner);
