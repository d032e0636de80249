using System.Threading.Channels;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Mail.Containers;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Core.Data;

/// <summary>How far an import is.</summary>
/// <param name="TotalBytes">0 when the container does not tell.</param>
internal readonly record struct ImportProgress(long Done, long Stored, long Duplicates, long Problems, long BytesRead, long TotalBytes);

/// <summary>
/// Imports a folder, mbox, Maildir, single mail or zip: one task reads the container, the processors parse, batches are stored in order.
/// Memory is bounded by <see cref="IntakeOptions.BatchBytes"/> a batch and three batches under way.
/// </summary>
internal sealed class Importer(IntakeStore store, MailReader reader, IntakeOptions options, IDbContextFactory<EmailOpsDb> databases, TimeProvider clock)
{
    public ContainerLimits Limits => new() { MaxMessageBytes = (int)Math.Min(options.MaxMessageBytes, int.MaxValue) };

    public async Task<ImportView> RunAsync(MailContainer container, string source, long mailboxId, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var run = await StartAsync(source, mailboxId, cancel);
        try
        {
            await StoreAllAsync(container, mailboxId, run.Id, progress, cancel);
            return await FinishAsync(run.Id, null);
        }
        catch (OperationCanceledException)
        {
            await FinishAsync(run.Id, "Stopped before the end. What was stored stays; import again to go on, copies are recognised.");
            throw;
        }
        catch (Exception failure)
        {
            await FinishAsync(run.Id, $"Ended early: {failure.Message} What was stored stays; import again to go on, copies are recognised.");
            throw;
        }
    }

    private async Task StoreAllAsync(MailContainer container, long mailboxId, long importId, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var batches = Channel.CreateBounded<List<OfferedMail>>(1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = Task.Run(() => ReadAsync(container, batches.Writer, ended.Token), ended.Token);
        var (done, stored, duplicates, problems) = (0L, 0L, 0L, 0L);
        try
        {
            // Parsing the next batch overlaps with storing this one.
            Task<ParsedMail[]>? next = null;
            while (await TakeAsync(batches.Reader, cancel) is { } batch)
            {
                var parsing = Task.Run(() => Parse(batch), cancel);
                if (next is not null) await StoreAsync(await next);
                next = parsing;
            }
            if (next is not null) await StoreAsync(await next);
        }
        finally
        {
            await ended.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (reading.Exception is { } broken && !cancel.IsCancellationRequested && broken.InnerException is not OperationCanceledException) throw broken.InnerException!;
        cancel.ThrowIfCancellationRequested();

        async Task StoreAsync(ParsedMail[] mails)
        {
            var results = await store.StoreAsync(mailboxId, importId, mails, cancel);
            done += results.Count;
            foreach (var group in results.GroupBy(r => r.Outcome))
            {
                EmailOpsTelemetry.Intake(group.Key.ToString(), group.Count());
                if (group.Key == IntakeOutcome.Stored) stored += group.Count();
                else if (group.Key == IntakeOutcome.Duplicate) duplicates += group.Count();
                else problems += group.Count();
            }
            progress?.Report(new ImportProgress(done, stored, duplicates, problems, container.BytesRead, container.TotalBytes));
        }
    }

    private async Task ReadAsync(MailContainer container, ChannelWriter<List<OfferedMail>> batches, CancellationToken cancel)
    {
        Exception? failure = null;
        try
        {
            var batch = new List<OfferedMail>();
            var bytes = 0L;
            foreach (var mail in container.Read(cancel))
            {
                if (batch.Count > 0 && (batch.Count == options.BatchSize || bytes + mail.Raw.Length > options.BatchBytes))
                {
                    await batches.WriteAsync(batch, cancel);
                    (batch, bytes) = ([], 0);
                }
                batch.Add(new OfferedMail(mail.Origin, mail.Raw, mail.Size, mail.IsCut || mail.Raw.IsEmpty ? mail.Problem : null));
                bytes += mail.Raw.Length;
            }
            if (batch.Count > 0) await batches.WriteAsync(batch, cancel);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            batches.TryComplete(failure);
        }
    }

    private static async Task<List<OfferedMail>?> TakeAsync(ChannelReader<List<OfferedMail>> batches, CancellationToken cancel)
        => await batches.WaitToReadAsync(cancel) && batches.TryRead(out var batch) ? batch : null;

    private ParsedMail[] Parse(List<OfferedMail> batch)
    {
        var parsed = new ParsedMail[batch.Count];
        Parallel.For(0, batch.Count, i => parsed[i] = reader.Read(batch[i]));
        return parsed;
    }

    private async Task<ImportRun> StartAsync(string source, long mailboxId, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var now = clock.GetUtcNow();
        var run = new ImportRun { MailboxId = mailboxId, Source = StoredText.Clean(source), StartedAt = now, ProgressAt = now };
        db.Imports.Add(run);
        await db.SaveChangesAsync(cancel);
        return run;
    }

    private async Task<ImportView> FinishAsync(long id, string? problem)
    {
        await using var db = await databases.CreateDbContextAsync();
        var run = await db.Imports.SingleAsync(r => r.Id == id);
        (run.FinishedAt, run.Problem) = (clock.GetUtcNow(), problem);
        await db.SaveChangesAsync();
        return run.View(clock.GetUtcNow());
    }
}
