namespace EmailOps.Worker.Setup;

internal static partial class SetupLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Read {Count} new or changed knowledge articles")]
    public static partial void ArticlesRead(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded the sample mailbox: {Stored} messages, {Duplicates} copies, {Problems} that cannot be read as mail")]
    public static partial void SamplesLoaded(ILogger log, long stored, long duplicates, long problems);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sample mailbox could not be loaded; the next start tries again")]
    public static partial void SamplesFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue figures could not be read: {Reason}")]
    public static partial void FiguresFailed(ILogger log, string reason);
}
