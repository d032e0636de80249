namespace EmailOps.AppHost.Embedded;

internal static partial class EmbeddedLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Application} had not finished its work in hand after {Limit}; what was left is done after the next start.")]
    public static partial void StoppedTooSlowly(this ILogger logger, string application, TimeSpan limit);
}
