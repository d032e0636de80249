using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;
using EmailOps.Mail.Containers;
using Npgsql;

namespace EmailOps.Core.Data.Retention;

/// <param name="Old">Messages that were decided before.</param>
/// <param name="Ready">Of them, those that would be archived and deleted.</param>
/// <param name="Open">Kept because something about them is not done: a draft that waits, a reply on its way, an escalation, an item in the queue, a thread that goes on.</param>
/// <param name="Lessons">Kept because people taught something by them.</param>
internal sealed record RetentionPreview(DateTimeOffset Before, long Old, long Ready, long Open, long Lessons, long Bytes);

internal sealed record RetentionResult(int Messages, long Bytes, IReadOnlyList<string> Archives);

/// <summary>Archives mail that is old and done, checks the archive by reading it again, and only then deletes the mail, in batches.</summary>
internal sealed class RetentionRun(NpgsqlDataSource source, RetentionOptions options, BackupBucket bucket, Importer importer, StandingOrders orders, TimeProvider clock)
{
    private const long LockKey = 0x456D_5265_7461_696E; // "EmRetain"
    private const string Waits = """
        d.kind in ('Suggest', 'HoldForReview', 'Escalate') and not exists (select from draft x where x.message_id = d.message_id and x.state in ('Approved', 'Rejected'))
            and not exists (select from escalation e where e.message_id = d.message_id and e.state = 'Resolved')
        or exists (select from escalation e join message m on m.thread_id = e.thread_id where m.id = d.message_id and e.state <> 'Resolved')
        or exists (select from draft x where x.message_id = d.message_id and x.state = 'Proposed' and d.kind not in ('File', 'Quarantine'))
        or exists (select from outbound_message o where o.message_id = d.message_id and (o.state in ('Held', 'Queued', 'Sending', 'Unknown', 'Failed') or o.copy_due and o.appended_at is null))
        or exists (select from message m join message_thread t on t.id = m.thread_id where m.id = d.message_id and t.last_message_at >= $1)
        or d.message_id in (select subject_id from work_item where stage in (1, 2, 4, 7, 10))
        """;
    private const string Teaches = "exists (select from lesson l where l.message_id = d.message_id and l.undone_at is null)";

    public async Task<RetentionPreview> PreviewAsync(int days, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var before = await BeforeAsync(connection, days, cancel);
        await using var command = Sql.Command(connection, $"""
            select count(*), count(*) filter (where not k.waits and not k.teaches), count(*) filter (where k.waits), count(*) filter (where not k.waits and k.teaches), coalesce(sum(r.size_bytes) filter (where not k.waits and not k.teaches), 0)::bigint
            from (select d.message_id, ({Waits}) as waits, $2 and {Teaches} as teaches from decision d where d.decided_at < $1) k join message m on m.id = k.message_id join raw_mail r on r.id = m.raw_id
            """, before, options.KeepLessons);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new RetentionPreview(before, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }

    /// <exception cref="BackupException">It cannot be archived; what was not archived was not deleted.</exception>
    public async Task<RetentionResult> RunAsync(int days, string actor, Action<string> progress, CancellationToken cancel)
    {
        if (days < 1) throw new BackupException("Mail of today is not archived: give at least one day.");
        var folder = Directory.CreateDirectory(options.Folder ?? throw new BackupException("There is no folder for archives: set STATE_DIR, or Retention__Folder.")).FullName;
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select pg_try_advisory_lock($1)", [LockKey], r => r.GetBoolean(0), cancel) is not [true]) throw new BackupException("Mail is being archived just now; wait for it.");
        try
        {
            var before = await BeforeAsync(connection, days, cancel);
            var (messages, bytes, archives) = (0, 0L, new List<string>());
            while (await BatchAsync(connection, before, cancel) is { Length: > 0 } ids)
            {
                progress($"{messages:N0} messages archived and deleted");
                var name = $"emailops-archive-{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}-{ids.Length}.zip";
                var path = Path.Combine(folder, name);
                await ArchiveFile.WriteAsync(connection, ids, path, null, cancel);
                if (bucket.IsSet) await bucket.PutAsync(path, await BackupShelf.HashAsync(path, cancel), progress, cancel);
                var gone = await RemoveAsync(connection, ids, before, name, actor, cancel);
                archives.Add(name);
                (messages, bytes) = (messages + gone.Messages, bytes + gone.Bytes);
                if (gone.Messages == 0) break; // all of them were opened again meanwhile
            }
            return new RetentionResult(messages, bytes, archives);
        }
        finally
        {
            await Sql.ExecuteAsync(connection, "select pg_advisory_unlock($1)", [LockKey], CancellationToken.None);
        }
    }

    /// <summary>Takes an archive's mails back: they are read in like new ones. Automatic answers are paused, since to old mail nobody wants any.</summary>
    public async Task<ImportView[]> TakeBackAsync(string path, string actor, CancellationToken cancel)
    {
        var messages = await ArchiveFile.CheckAsync(path, null, cancel);
        if (messages.Select(m => m.Mailbox).Distinct().Count() > 1) throw new BackupException($"{path} holds mail of several mailboxes: it is a person's export, not an archive. Read it in with: emailops import {path} --mailbox ADDRESS");
        var done = new List<ImportView>();
        await orders.GiveAsync(OrderKind.Pause, actor, $"The archive {Path.GetFileName(path)} was taken back: its mails are old. Resume when they are judged.", cancel);
        foreach (var mailbox in messages.GroupBy(m => m.Mailbox))
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            var ids = await Sql.QueryAsync(connection, "select id from mailbox where address = $1", [mailbox.Key], r => r.GetInt64(0), cancel);
            if (ids is not [var id]) throw new BackupException($"There is no mailbox {mailbox.Key} any more: make it first (emailops mailbox add), then take the archive back.");
            await Sql.ExecuteAsync(connection, "delete from message_retired where mailbox_id = $1 and dedupe_key = any($2) and archive is not null", [id, mailbox.Select(m => m.DedupeKey).ToArray()], cancel);
            using var container = MailContainer.Open(path, importer.Limits);
            done.Add(await importer.RunAsync(container, Path.GetFileName(path), id, null, cancel));
        }
        return [.. done];
    }

    private async Task<(int Messages, long Bytes)> RemoveAsync(NpgsqlConnection connection, long[] ids, DateTimeOffset before, string archive, string actor, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Asked again with the rows held: a person may have opened one while it was archived.
        await Sql.QueryAsync(connection, "select id from message where id = any($1) order by id for update", [ids], r => r.GetInt64(0), cancel);
        var still = await Sql.QueryAsync(connection, $"select d.message_id from decision d where d.message_id = any($3) and d.decided_at < $1 and not ({Waits}) and not ($2 and {Teaches})", [before, options.KeepLessons, ids], r => r.GetInt64(0), cancel);
        if (!options.KeepLessons)
            await Sql.ExecuteAsync(connection, "update mailbox_model set retrain_for = coalesce(retrain_for, 'retention'), revision = revision + 1 where mailbox_id in (select mailbox_id from lesson where message_id = any($1))", [still.ToArray()], cancel);
        var gone = await MessageRemover.RemoveAsync(connection, [.. still.Order()], archive, cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'retention.archive', 'installation', 0, $2)", [actor, $"Archived {gone.Messages} messages to {archive} and deleted them."], cancel);
        await transaction.CommitAsync(cancel);
        return gone;
    }

    private async Task<long[]> BatchAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        var found = await Sql.QueryAsync(connection, $"""
            select m.id, r.size_bytes, m.mailbox_id from decision d join message m on m.id = d.message_id join raw_mail r on r.id = m.raw_id
            where d.decided_at < $1 and not ({Waits}) and not ($2 and {Teaches}) order by m.mailbox_id, m.id limit $3
            """, [before, options.KeepLessons, options.BatchSize], r => (Id: r.GetInt64(0), Bytes: r.GetInt64(1), Mailbox: r.GetInt64(2)), cancel);
        var bytes = 0L;
        // An archive is of one mailbox, so that it goes back into that one.
        return [.. found.TakeWhile((f, at) => f.Mailbox == found[0].Mailbox && ((bytes += f.Bytes) <= options.BatchBytes || at == 0)).Select(f => f.Id)];
    }

    private static async Task<DateTimeOffset> BeforeAsync(NpgsqlConnection connection, int days, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, "select now() - make_interval(days => $1)", [days], r => r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
}
