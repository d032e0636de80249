using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Outgoing;

/// <summary>Hosts only: paths of webhooks are secrets.</summary>
internal static partial class OutgoingLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Called {Host}: {Result} {Status}")]
    public static partial void Called(ILogger log, string host, OutgoingResult result, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not called: {Problem}")]
    public static partial void Refused(ILogger log, string problem);
}
