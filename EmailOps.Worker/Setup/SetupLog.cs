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

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the mailbox that the EMAIL_ settings name")]
    public static partial void MailboxMade(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mailbox {Mailbox} now follows the EMAIL_ settings")]
    public static partial void MailboxChanged(ILogger log, long mailbox);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The password of mailbox {Mailbox} is taken from EMAIL_PASSWORD again: {Reason}")]
    public static partial void PasswordSealedAnew(ILogger log, long mailbox, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} knowledge articles were edited in the console since their files were read; the files' changes are not taken over. Import them by hand to replace the edits")]
    public static partial void ArticlesKept(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The article {File} cannot be used: {Problem}")]
    public static partial void ArticleUnusable(ILogger log, string file, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Articles wait for vectors: {Reason}")]
    public static partial void VectorsFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The index of articles waits for the database: {Reason}")]
    public static partial void IndexFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Indexing articles failed; it is tried again")]
    public static partial void IndexBroke(ILogger log, Exception failure);
}
