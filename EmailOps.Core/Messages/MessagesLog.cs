using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Messages;

internal static partial class MessagesLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Reading the mail with SHA-256 {Sha256} failed; it is kept as it is")]
    public static partial void ReadingFailed(ILogger log, string sha256, Exception failure);
}
