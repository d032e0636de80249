namespace EmailOps.Worker.Monitor;

internal static partial class MonitorLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The monitor cannot look at {Part}")]
    public static partial void PartFailed(ILogger log, string part, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look of the monitor failed")]
    public static partial void LookFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The monitor cannot reach the store: {Reason}")]
    public static partial void StoreAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Alert {Alert}: {Text}")]
    public static partial void Critical(ILogger log, string alert, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {Alert}: {Text}")]
    public static partial void Warning(ILogger log, string alert, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert {Alert} of {Subject} is over")]
    public static partial void Over(ILogger log, string alert, string subject);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The alert webhook was not told of {Alert}: {Problem}")]
    public static partial void NotTold(ILogger log, string alert, string problem);
}
