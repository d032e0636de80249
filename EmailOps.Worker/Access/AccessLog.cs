namespace EmailOps.Worker.Access;

internal static partial class AccessLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The audit's chain stands at {Position} {Head}")]
    public static partial void Head(ILogger log, long position, string head);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Entries of the audit cannot be sealed: {Reason}")]
    public static partial void NotSealed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sealing the audit failed; it is tried again")]
    public static partial void SealingFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Security: {Component}: {Finding}")]
    public static partial void Found(ILogger log, string component, string finding);
}
