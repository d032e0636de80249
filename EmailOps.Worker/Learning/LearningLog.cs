namespace EmailOps.Worker.Learning;

internal static partial class LearningLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Learning: the store did not answer ({Reason}); trying again")]
    public static partial void StoreFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Learning: outcomes, thresholds or drift could not be counted; trying again")]
    public static partial void ChoresFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "An evaluation or a replay failed in a way nobody foresaw")]
    public static partial void AssessmentFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Id} is done: {Done} of {Total} in {Seconds:F1} s")]
    public static partial void Assessed(ILogger log, EmailOps.Core.Contracts.AssessmentKind kind, long id, int done, int total, double seconds);
}
