using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data;

internal static partial class DataLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Name}")]
    public static partial void MigrationApplied(ILogger log, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Migration {Name} goes on in parts, {Rows} rows so far; the database may be used meanwhile")]
    public static partial void MigrationGoesOn(ILogger log, string name, long rows);

    [LoggerMessage(Level = LogLevel.Information, Message = "Migration {Name} finished a step in {Took}: {Statement}")]
    public static partial void MigrationStepDone(ILogger log, string name, string statement, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Listening for wake-ups failed ({Reason}), trying again in {Seconds} s; work goes on by polling")]
    public static partial void ListenFailed(ILogger log, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer yet ({Reason}); trying again")]
    public static partial void DatabaseNotReady(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The check of {Name} failed in a way nobody foresaw")]
    public static partial void CheckFailed(ILogger log, Exception failure, string name);

    [LoggerMessage(Level = LogLevel.Debug, Message = "How this process is could not be told ({Reason}); the next time it may be")]
    public static partial void VitalsNotHeard(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process now logs {How}")]
    public static partial void LogLevelChanged(ILogger log, string how);

    [LoggerMessage(Level = LogLevel.Debug, Message = "How much is to be logged is not known ({Reason})")]
    public static partial void LogLevelUnknown(ILogger log, string reason);
}
