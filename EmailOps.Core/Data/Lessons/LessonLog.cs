using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Lessons;

internal static partial class LessonLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Mailbox {MailboxId}: version {Number} of its model is in force, taught by {Lessons} decisions in {Seconds:F2} s")]
    public static partial void Adopted(ILogger log, long mailboxId, int number, int lessons, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId}: version {Number} of its model was not adopted: {Reason}")]
    public static partial void Refused(ILogger log, long mailboxId, int number, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mailbox {MailboxId}: another worker made the same version first")]
    public static partial void Raced(ILogger log, long mailboxId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mailbox {MailboxId}: version {Number} of its labels is in force, from {Lessons} decisions in {Seconds:F2} s")]
    public static partial void LabelsAdopted(ILogger log, long mailboxId, int number, int lessons, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId}: version {Number} of its labels was not adopted: {Reason}")]
    public static partial void LabelsRefused(ILogger log, long mailboxId, int number, string reason);
}
