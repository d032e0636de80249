using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using Npgsql;

namespace EmailOps.Worker.Intake;

/// <summary>Reads and stores batches of fetched mail. A mail that the store cannot take costs only itself: it is kept as it is and shown.</summary>
internal sealed class MailIntake(MailReader reader, IntakeStore store, IntakeOptions options, ILogger<MailIntake> log)
{
    public IntakeOptions Options => options;

    public ParsedMail[] Parse(IReadOnlyList<OfferedMail> mails)
    {
        var parsed = new ParsedMail[mails.Count];
        if (mails.Count == 1) parsed[0] = reader.Read(mails[0]);
        else Parallel.For(0, mails.Count, i => parsed[i] = reader.Read(mails[i]));
        return parsed;
    }

    /// <returns>How many lines of the ledger were written: mails whose place was known have theirs.</returns>
    public async Task<int> StoreAsync(long mailboxId, IReadOnlyList<ParsedMail> mails, FolderProgress? progress, CancellationToken cancel)
    {
        IReadOnlyList<IntakeResult> results;
        try
        {
            results = await store.StoreAsync(mailboxId, null, mails, progress, cancel);
        }
        catch (PostgresException failure) when (IsAboutContent(failure))
        {
            IntakeLog.BatchRefused(log, mails.Count, failure.MessageText);
            results = await OneByOneAsync(mailboxId, mails, cancel);
            await store.StoreAsync(mailboxId, null, [], progress, cancel);
        }
        foreach (var group in results.GroupBy(r => r.Outcome)) EmailOpsTelemetry.Intake(group.Key.ToString(), group.Count());
        return results.Count;
    }

    private async Task<IReadOnlyList<IntakeResult>> OneByOneAsync(long mailboxId, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var results = new List<IntakeResult>(mails.Count);
        foreach (var mail in mails)
        {
            try
            {
                results.AddRange(await store.StoreAsync(mailboxId, null, [mail], null, cancel));
            }
            catch (PostgresException failure) when (IsAboutContent(failure))
            {
                IntakeLog.MailRefused(log, mail.Mail.Origin, failure.MessageText);
                results.AddRange(await KeepAsync(mailboxId, mail, $"The database does not take what is in it ({failure.MessageText}). The bytes are kept; try again after an upgrade.", cancel));
            }
        }
        return results;
    }

    private async Task<IReadOnlyList<IntakeResult>> KeepAsync(long mailboxId, ParsedMail mail, string problem, CancellationToken cancel)
    {
        try
        {
            return await store.StoreAsync(mailboxId, null, [MailReader.Keep(mail.Mail, problem)], null, cancel);
        }
        catch (PostgresException failure) when (IsAboutContent(failure))
        {
            var line = new OfferedMail($"mail of {mail.Mail.SizeBytes} bytes", default, mail.Mail.SizeBytes, problem, mail.Mail.Place is { } place ? place with { IsMissing = true } : null);
            return await store.StoreAsync(mailboxId, null, [MailReader.Keep(line, problem)], null, cancel);
        }
    }

    /// <summary>Data exceptions, broken constraints, program limits: the same again tomorrow, so waiting does not help.</summary>
    private static bool IsAboutContent(PostgresException failure) => failure.SqlState.AsSpan(0, 2) is "22" or "23" or "54";
}
