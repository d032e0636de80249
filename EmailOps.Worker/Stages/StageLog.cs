namespace EmailOps.Worker.Stages;

internal static partial class StageLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: the store did not answer ({Reason}); trying again in a second")]
    public static partial void StoreFailed(ILogger log, string stage, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Stage}: failed in a way nobody foresaw; going on in a second")]
    public static partial void LoopFailed(ILogger log, string stage, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: {Reason} Their results count, ours were dropped")]
    public static partial void LeaseLost(ILogger log, string stage, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: a batch of {Items} failed and is done item by item")]
    public static partial void BatchFailed(ILogger log, string stage, int items, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages that were judged without the language model are judged again")]
    public static partial void JudgedAgain(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: item {SubjectId} failed at attempt {Attempt}: {Error}")]
    public static partial void ItemFailed(ILogger log, string stage, long subjectId, int attempt, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: what it held could not be given back ({Reason}); others take it over when this worker is silent")]
    public static partial void NotGivenBack(ILogger log, string stage, string reason);
}
