using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Analytics;

internal static partial class AnalyticsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "No sample of this minute: the store did not answer ({Reason})")]
    public static partial void SampleFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "How full the disk is cannot be told: {Reason}")]
    public static partial void DiskUnknown(ILogger log, string reason);
}
