using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>One work item in a file.</summary>
/// <param name="SubjectId">A message.</param>
internal sealed record ArchivedWork(string Stage, long SubjectId, long MailboxId, short Priority, long? ThreadId, string? TraceParent, DateTimeOffset EnqueuedAt);

/// <summary>The queue in a file. No mail is in it: messages stay in the database.</summary>
/// <param name="Id">Of the row that tells whether the file was restored.</param>
internal sealed record ArchivedQueue(int Version, Guid Id, DateTimeOffset DrainedAt, string DrainedBy, IReadOnlyList<ArchivedWork> Items);

/// <param name="Left">Items that workers have in hand; they stay.</param>
internal sealed record QueueDrained(Guid Id, string File, long Items, long Left);

/// <param name="Doubles">Queued already.</param>
/// <param name="Gone">Their message is not in this database any more.</param>
internal sealed record QueueRestored(Guid Id, long Items, long Doubles, long Gone);

/// <summary>
/// Takes the queue out of the database into a file, for later, and back. An item is in the queue, or in a finished file, or (when the machine dies between the
/// two) in both; never in neither. A file is restored once, whoever tries how often: its row says so, in the transaction that queues its items.
/// </summary>
internal sealed class QueueArchive(NpgsqlDataSource source)
{
    public const int FileVersion = 1;
    /// <summary>Guards memory: a file of a million items has about 200 MB.</summary>
    public const long MaxFileBytes = 1L << 30;
    private const int MaxItems = 5_000_000;
    private const int Batch = 5_000;

    /// <summary>Messages on their way in. Replies are left: each is a promise with its own sweep, held by <c>automation pause</c>.</summary>
    private static readonly Stage[] Stages = [Stage.Triage, Stage.Consult, Stage.Policy, Stage.Bounce];

    /// <summary>Everything that is in nobody's hand. It leaves the queue when the file is whole, synced and in its place.</summary>
    /// <exception cref="IOException">The file exists or cannot be written; the queue is as it was.</exception>
    public async Task<QueueDrained> DrainAsync(string file, string actor, CancellationToken cancel)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path)) throw new IOException($"{path} exists already: choose another name, so that no older drain is lost.");
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var stages = Stages.Select(s => (short)s).ToArray();
        var now = (await Sql.QueryAsync(connection, "select now()", [], r => r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
        var items = await Sql.QueryAsync(connection, $"""
            select id, stage, subject_id, mailbox_id, priority, thread_id, trace_parent, enqueued_at from work_item
            where stage = any($1) and died_at is null and (lease is null or available_at <= now()) order by stage, turn, id limit {MaxItems} for update skip locked
            """, [stages], r => (Id: r.GetInt64(0), Work: new ArchivedWork(((Stage)r.GetInt16(1)).ToString(), r.GetInt64(2), r.GetInt64(3), r.GetInt16(4), r.IsDBNull(5) ? null : r.GetInt64(5), r.IsDBNull(6) ? null : r.GetString(6), r.GetFieldValue<DateTimeOffset>(7))), cancel);
        var archive = new ArchivedQueue(FileVersion, Guid.CreateVersion7(), now, actor, [.. items.Select(i => i.Work)]);
        await WriteAsync(path, archive, cancel);
        try
        {
            await Sql.ExecuteAsync(connection, "delete from work_item where id = any($1)", [items.Select(i => i.Id).ToArray()], cancel);
            await Sql.ExecuteAsync(connection, "insert into queue_drain (id, drained_by, items) values ($1, $2, $3)", [archive.Id, actor, (long)items.Count], cancel);
            await TellAsync(connection, actor, "queue.drain", $"Took {items.Count} items out of the queue into {Path.GetFileName(path)}.", cancel);
        }
        catch
        {
            // Nothing was taken out, so the file must not look as if.
            File.Delete(path);
            throw;
        }
        // From here on the file stays, whatever happens: whether the commit arrived, nobody knows if its answer is lost.
        await transaction.CommitAsync(CancellationToken.None);
        var left = (await Sql.QueryAsync(connection, "select count(*) from work_item where stage = any($1) and died_at is null", [stages], r => r.GetInt64(0), cancel)).Single();
        return new QueueDrained(archive.Id, path, items.Count, left);
    }

    /// <summary>Queues what the file holds. Items that are queued already, or whose message is gone, are left out and counted.</summary>
    /// <returns>Null when the file was restored before; nothing happens then.</returns>
    /// <exception cref="InvalidDataException">The file is none of ours, damaged, or of another database.</exception>
    public async Task<QueueRestored?> RestoreAsync(string file, string actor, CancellationToken cancel)
    {
        var archive = await ReadAsync(file, cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var known = await Sql.QueryAsync(connection, "select restored_at is not null from queue_drain where id = $1 for update", [archive.Id], r => r.GetBoolean(0), cancel);
        if (known is []) throw new InvalidDataException($"{file} was not taken out of this database, or the drain broke off before its end: then its items never left the queue. Nothing was done.");
        if (known is [true]) return null;
        var (restored, doubles, gone) = (0L, 0L, 0L);
        foreach (var batch in archive.Items.Chunk(Batch))
        {
            // What stands twice in an edited file is one.
            var facts = await Sql.QueryAsync(connection, """
                select i.n, exists (select from message m where m.id = i.subject and m.mailbox_id = i.mailbox), exists (select from work_item w where w.stage = i.stage and w.subject_id = i.subject)
                from unnest($1::smallint[], $2::bigint[], $3::bigint[]) with ordinality as i (stage, subject, mailbox, n)
                """, [batch.Select(i => (short)Enum.Parse<Stage>(i.Stage)).ToArray(), batch.Select(i => i.SubjectId).ToArray(), batch.Select(i => i.MailboxId).ToArray()],
                r => (At: (int)r.GetInt64(0) - 1, IsThere: r.GetBoolean(1), IsQueued: r.GetBoolean(2)), cancel);
            var fresh = facts.Where(f => f.IsThere && !f.IsQueued).OrderBy(f => f.At).Select(f => batch[f.At]).DistinctBy(i => (i.Stage, i.SubjectId)).ToList();
            gone += facts.Count(f => !f.IsThere);
            doubles += facts.Count(f => f.IsThere) - fresh.Count;
            restored += fresh.Count;
            await WorkQueue.EnqueueAsync(connection, [.. fresh.Select(i => new NewWork(Enum.Parse<Stage>(i.Stage), i.SubjectId, i.MailboxId, i.Priority, ThreadId: i.ThreadId) { TraceParent = i.TraceParent })], cancel);
        }
        await Sql.ExecuteAsync(connection, "update queue_drain set restored_at = now(), restored_by = $2 where id = $1", [archive.Id, actor], cancel);
        await TellAsync(connection, actor, "queue.restore", $"Put {restored} items back into the queue; {doubles} were there already, {gone} have no message any more.", cancel);
        await transaction.CommitAsync(cancel);
        return new QueueRestored(archive.Id, restored, doubles, gone);
    }

    private static async Task WriteAsync(string path, ArchivedQueue archive, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using (var stream = new FileStream(unfinished, options))
            {
                await JsonSerializer.SerializeAsync(stream, archive, ContractJson.Options, cancel);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task<ArchivedQueue> ReadAsync(string file, CancellationToken cancel)
    {
        if (new FileInfo(file) is { Exists: true, Length: > MaxFileBytes }) throw new InvalidDataException($"{file} is larger than {MaxFileBytes >> 20} MB; no drain makes such a file.");
        await using var stream = File.OpenRead(file);
        ArchivedQueue? archive;
        try
        {
            archive = await JsonSerializer.DeserializeAsync<ArchivedQueue>(stream, ContractJson.Options, cancel);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{file} is no queue that was drained, or it is damaged: {broken.Message}", broken);
        }
        return archive is not { Items: not null } ? throw new InvalidDataException($"{file} holds no queue.")
            : archive.Version != FileVersion ? throw new InvalidDataException($"{file} has version {archive.Version}; this EmailOps reads version {FileVersion}.")
            : archive.Items.FirstOrDefault(i => i is null || !Enum.TryParse<Stage>(i.Stage, out var stage) || !Stages.Contains(stage) || i.Priority is < 0 or > 10) is { } odd ? throw new InvalidDataException($"{file} holds an item that no drain writes: stage {odd.Stage}, priority {odd.Priority}.")
            : archive;
    }

    private static Task<int> TellAsync(NpgsqlConnection connection, string actor, string action, string detail, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'installation', 0, $3)", [actor, action, detail], cancel);
}
