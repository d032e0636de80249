using EmailOps.Core.Contracts;

namespace EmailOps.Worker.Intake;

internal static partial class IntakeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Reading {Mailbox}")]
    public static partial void LoopTaken(ILogger log, string mailbox);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reading {Mailbox} no more: it was disabled, changed or taken over")]
    public static partial void LoopEnded(ILogger log, string mailbox);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox}: connected to {Server}:{Port}")]
    public static partial void Connected(ILogger log, string mailbox, string server, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox}: reading by {Server}")]
    public static partial void ReadsBy(ILogger log, string mailbox, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: read by its fallback {Fallback} for a while, because {Provider} does not work. {Problem}")]
    public static partial void Diverted(ILogger log, string mailbox, MailboxProvider fallback, MailboxProvider provider, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox}: trying {Provider} again")]
    public static partial void TriesFirst(ILogger log, string mailbox, MailboxProvider provider);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox}: caught up with {Folders} folders, {Mails} mails were new; watching now")]
    public static partial void CaughtUp(ILogger log, string mailbox, int folders, int mails);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Mailbox}: {Mails} new mails in {Folder}")]
    public static partial void News(ILogger log, string mailbox, string folder, int mails);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: failure {Failures} in a row, next attempt in {Seconds:F0} s. {Problem}")]
    public static partial void LoopFailed(ILogger log, string mailbox, int failures, double seconds, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Mailbox}: reading failed in a way nobody foresaw; next attempt in {Seconds:F0} s")]
    public static partial void LoopBroke(ILogger log, string mailbox, double seconds, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: folder {Folder} has a problem, the others go on. {Problem}")]
    public static partial void FolderFailed(ILogger log, string mailbox, string folder, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: {Note}")]
    public static partial void FolderRestarted(ILogger log, string mailbox, string note);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: the mail {Origin} could not be fetched whole and is listed as such. {Reason}")]
    public static partial void MailMissing(ILogger log, string mailbox, string origin, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mailbox}: compared with the server: {OnServer} mails there, {Missing} were not in the ledger, {Backfilled} of them fetched now")]
    public static partial void GapFound(ILogger log, string mailbox, long onServer, long missing, long backfilled);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox}: compared with the server: {OnServer} mails there, all in the ledger")]
    public static partial void NoGap(ILogger log, string mailbox, long onServer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Mails} mails was refused by the database and is stored one by one: {Reason}")]
    public static partial void BatchRefused(ILogger log, int mails, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The mail {Origin} was refused by the database and is kept as it is: {Reason}")]
    public static partial void MailRefused(ILogger log, string origin, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases of mailboxes could not be kept ({Reason}); trying again in {Seconds} s")]
    public static partial void LeasesFailed(ILogger log, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The supervisor of mailboxes failed in a way nobody foresaw; going on in {Seconds} s")]
    public static partial void SupervisorFailed(ILogger log, double seconds, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Mailbox} is given to another worker: this one had more than its share")]
    public static partial void LoopGivenUp(ILogger log, string mailbox);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Words for the search of the inbox could not be read ({Reason}); they wait and are tried again")]
    public static partial void WordsFailed(ILogger log, string reason);
}
