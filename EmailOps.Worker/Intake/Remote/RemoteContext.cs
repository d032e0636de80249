using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Worker.Intake.Remote;

/// <summary>The stores that reading by an API writes to.</summary>
internal sealed record RemoteStores(FolderStore Folders, RemoteFolderStore Remote, ReconciliationStore Reconciliations);

/// <summary>What all that read one mailbox by its provider's API share.</summary>
/// <param name="Suspects">Outlive the visit.</param>
internal sealed record RemoteContext(OpenedMailbox Mailbox, IRemoteMailbox Client, MailIntake Intake, RemoteStores Stores, LoopStatus Status, Suspects<RemotePlace> Suspects, TimeProvider Clock, ILogger Log);
