namespace EmailOps.Worker.Schedules;

internal static partial class ScheduleLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: {Outcome} in {Seconds:F1} s: {Said}")]
    public static partial void Done(ILogger log, string job, EmailOps.Core.Contracts.JobOutcome outcome, double seconds, string said);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed")]
    public static partial void Failed(ILogger log, string job, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: {Count} runs were missed before this one")]
    public static partial void Missed(ILogger log, string job, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} was taken over by another worker: this one had said nothing for its lease")]
    public static partial void Lost(ILogger log, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule: the store did not answer ({Reason}); trying again")]
    public static partial void StoreFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule failed in a way nobody foresaw; trying again")]
    public static partial void LoopFailed(ILogger log, Exception failure);
}
