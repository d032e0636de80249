namespace EmailOps.Worker.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: nothing is claimed any more; {InHand} items in hand have {Seconds} s to be finished")]
    public static partial void DrainBegan(ILogger log, int inHand, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping: what is still in hand is given back, because {Why}")]
    public static partial void DrainCut(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained in {Seconds:F1} s: {Done} items done since the start, {GivenBack} given back, {Left} left behind for others")]
    public static partial void Drained(ILogger log, long done, long givenBack, int left, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Process} on {Host} went silent; {Items} items it held are free")]
    public static partial void TookOver(ILogger log, string host, int process, int items);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The others were not told that this worker lives: {Reason}")]
    public static partial void NotHeard(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The heartbeat of this worker failed in a way nobody foresaw; it is tried again")]
    public static partial void BeatBroke(ILogger log, Exception failure);
}
