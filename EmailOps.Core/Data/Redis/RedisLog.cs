using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Redis;

internal static partial class RedisLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Redis serves ({Where})")]
    public static partial void Back(ILogger log, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away ({Reason}): PostgreSQL and this process do its work until it is back")]
    public static partial void Away(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis refuses a command: {Reason}")]
    public static partial void Refused(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Hints could not be sent ({Reason}); others find out by polling")]
    public static partial void HintsLost(ILogger log, string reason);
}
