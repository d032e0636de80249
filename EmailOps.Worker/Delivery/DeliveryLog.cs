using EmailOps.Core.Delivery;

namespace EmailOps.Worker.Delivery;

internal static partial class DeliveryLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Reply {OutboundId} of mailbox {MailboxId}, attempt {Attempt}: {Result}")]
    public static partial void Attempted(ILogger log, long outboundId, long mailboxId, int attempt, SendResult result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reply {OutboundId}, attempt {Attempt}: the result {Result} came too late to count")]
    public static partial void TooLate(ILogger log, long outboundId, int attempt, SendResult result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reply {OutboundId}: what became of it cannot be written down yet ({Reason}); trying again")]
    public static partial void NotWritten(ILogger log, long outboundId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reply {OutboundId} was found in Sending without its worker: {Finding}")]
    public static partial void LookedUp(ILogger log, long outboundId, string finding);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} replies are in hand and cannot be said to be, in a way nobody foresaw")]
    public static partial void RenewBroke(ILogger log, int count, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} replies are in hand and the store does not answer ({Reason})")]
    public static partial void NotRenewed(ILogger log, int count, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} automatic answers were taken back while they waited")]
    public static partial void Recalled(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} replies had no item in the queue and got one")]
    public static partial void Mended(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be watched: {Reason}")]
    public static partial void WatchFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be watched, in a way nobody foresaw; going on")]
    public static partial void WatchBroke(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId}: no copy in the Sent folder yet: {Reason}")]
    public static partial void NoCopyYet(ILogger log, long mailboxId, string reason);
}
