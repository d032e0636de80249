namespace EmailOps.Worker.Analytics;

internal static partial class AnalyticsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Analytics: the store did not answer ({Reason}); trying again")]
    public static partial void StoreFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Analytics: hours could not be counted; trying again")]
    public static partial void CountingFailed(ILogger log, Exception failure);
}
