namespace EmailOps.Worker.Escalations;

internal static partial class EscalationLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} escalations were moved on: due, answered or judged otherwise")]
    public static partial void Moved(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is due could not be looked up ({Reason}); trying again by itself")]
    public static partial void WatchFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking what is due failed in a way nobody foresaw; going on")]
    public static partial void WatchBroke(ILogger log, Exception failure);
}
