using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>A folder of a mailbox and how far it is read.</summary>
/// <param name="UidValidity">Null: never opened.</param>
/// <param name="UidNext">Every UID below it has its line, or was not on the server.</param>
/// <param name="Cursor">The provider's word for how far it is read, where an API is read; null: from the beginning.</param>
internal sealed record MailboxFolder(long Id, string Name, uint? UidValidity, uint UidNext, long Gap, string? Cursor = null);

/// <summary>How far the folders of a mailbox are read, which of their mails are known, and what is still to be done with them on the server.</summary>
internal sealed class FolderStore(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>The folders in the order they were named; rows are made for new ones. A folder that is read no more keeps its row, and goes on from there if it is named again.</summary>
    public async Task<List<MailboxFolder>> LoadAsync(long mailboxId, IReadOnlyList<string> names, CancellationToken cancel, MailboxProvider provider = MailboxProvider.Imap)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "insert into mailbox_folder (mailbox_id, name, provider, uid_validity) select $1, n, $3, $4 from unnest($2) n on conflict do nothing",
            [mailboxId, names.ToArray(), provider.ToString(), provider.IsRemote() ? (long)ServerPlace.RemoteValidity : null], cancel);
        return await Sql.QueryAsync(connection, """
            select f.id, f.name, f.uid_validity, f.uid_next, f.gap, f.cursor from mailbox_folder f join unnest($2) with ordinality as w (name, place) on w.name = f.name
            where f.mailbox_id = $1 and f.provider = $3 order by w.place
            """, [mailboxId, names.ToArray(), provider.ToString()],
            r => new MailboxFolder(r.GetInt64(0), r.GetString(1), r.IsDBNull(2) ? null : (uint)r.GetInt64(2), (uint)r.GetInt64(3), r.GetInt64(4), r.IsDBNull(5) ? null : r.GetString(5)), cancel);
    }

    /// <summary>Starts a folder at its first UID under a (new) UIDVALIDITY. Lines of an older one stay; copies are told by content.</summary>
    /// <param name="note">What to tell people; null the first time.</param>
    public Task StartAsync(long folderId, uint uidValidity, string? note, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set uid_validity = $2, uid_next = 1, highest_modseq = null, gap = 0, note = coalesce($3, note) where id = $1 and uid_validity is distinct from $2", [folderId, (long)uidValidity, note], cancel);

    /// <summary>Goes back to a lower UID: the lines beyond it are of mails that the server no longer has under these numbers.</summary>
    public Task RewindAsync(long folderId, uint uidValidity, uint uidNext, string note, CancellationToken cancel)
        => ExecuteAsync("""
            with gone as (delete from server_message where folder_id = $1 and uid_validity = $2 and uid >= $3)
            update mailbox_folder set uid_next = $3, note = $4 where id = $1 and uid_validity = $2
            """, [folderId, (long)uidValidity, (long)uidNext, note], cancel);

    public Task OpenedAsync(long folderId, long serverCount, ulong? highestModSeq, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set server_count = $2, highest_modseq = coalesce($3, highest_modseq), problem = null where id = $1 and (server_count, highest_modseq, problem) is distinct from ($2, coalesce($3, highest_modseq), null::text)",
            [folderId, serverCount, highestModSeq is { } m ? (long)Math.Min(m, long.MaxValue) : null], cancel);

    public Task ProblemAsync(long folderId, string problem, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set problem = $2 where id = $1 and problem is distinct from $2", [folderId, StoredText.Clean(StoredText.Cut(problem, 2000))], cancel);

    public Task AdvanceAsync(FolderProgress progress, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set uid_next = $3 where id = $1 and uid_validity = $2 and uid_next < $3", [progress.FolderId, (long)progress.UidValidity, (long)progress.UidNext], cancel);

    /// <summary>The UIDs of a range that have their line.</summary>
    public Task<List<uint>> KnownAsync(long folderId, uint uidValidity, uint first, uint last, CancellationToken cancel)
        => UidsAsync("select uid from server_message where folder_id = $1 and uid_validity = $2 and uid between $3 and $4 order by uid", [folderId, (long)uidValidity, (long)first, (long)last], cancel);

    /// <summary>Mails that are stored and not yet flagged or moved on the server.</summary>
    public Task<List<uint>> UnhandledAsync(long folderId, uint uidValidity, int most, CancellationToken cancel)
        => UidsAsync("select uid from server_message where folder_id = $1 and uid_validity = $2 and handled_at is null and not is_missing order by uid limit $3", [folderId, (long)uidValidity, most], cancel);

    public Task HandledAsync(long folderId, uint uidValidity, IReadOnlyCollection<uint> uids, CancellationToken cancel)
        => ExecuteAsync("update server_message set handled_at = $4 where folder_id = $1 and uid_validity = $2 and uid = any($3)", [folderId, (long)uidValidity, Longs(uids), clock.GetUtcNow()], cancel);

    /// <summary>Mails that the server did not hand out and a person wants fetched again.</summary>
    public Task<List<uint>> WantedAsync(long folderId, uint uidValidity, CancellationToken cancel)
        => UidsAsync("select uid from server_message where folder_id = $1 and uid_validity = $2 and is_missing and wanted_at is not null order by uid limit 1000", [folderId, (long)uidValidity], cancel);

    /// <summary>Mails of which the server handed out nothing.</summary>
    public Task<List<uint>> RefusedAsync(long folderId, uint uidValidity, CancellationToken cancel)
        => UidsAsync("select s.uid from server_message s join intake_entry e on e.id = s.entry_id where s.folder_id = $1 and s.uid_validity = $2 and s.is_missing and e.outcome = 'Refused' order by s.uid limit 1000", [folderId, (long)uidValidity], cancel);

    /// <summary>What was wanted was tried: whatever came of it, it is wanted no more.</summary>
    public Task TriedAsync(long folderId, uint uidValidity, IReadOnlyCollection<uint> uids, CancellationToken cancel)
        => ExecuteAsync("update server_message set wanted_at = null where folder_id = $1 and uid_validity = $2 and uid = any($3)", [folderId, (long)uidValidity, Longs(uids)], cancel);

    /// <summary>Asks the mailbox's loop to fetch the mail of a ledger line again.</summary>
    /// <returns>False when the line is no place on a server, or its mail is whole.</returns>
    public async Task<bool> WantAsync(long mailboxId, long entryId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update server_message set wanted_at = $2 where entry_id = $1 and is_missing", [entryId, clock.GetUtcNow()], cancel) == 0) return false;
        await LoopStore.WakeAsync(connection, mailboxId, cancel);
        return true;
    }

    /// <summary>The line that a place has now, where it was asked for and tried; null while that waits.</summary>
    public async Task<long?> TriedEntryAsync(long folderId, uint uidValidity, uint uid, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select entry_id from server_message where folder_id = $1 and uid_validity = $2 and uid = $3 and wanted_at is null", [folderId, (long)uidValidity, (long)uid], r => (long?)r.GetInt64(0), cancel)).SingleOrDefault();
    }

    /// <summary>The place of a ledger line whose mail is missing.</summary>
    public async Task<ServerPlace?> MissingAsync(long entryId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select folder_id, uid_validity, uid from server_message where entry_id = $1 and is_missing", [entryId],
            r => new ServerPlace(r.GetInt64(0), (uint)r.GetInt64(1), (uint)r.GetInt64(2), true), cancel)).SingleOrDefault();
    }

    private async Task ExecuteAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
    }

    private async Task<List<uint>> UidsAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, sql, values, r => (uint)r.GetInt64(0), cancel);
    }

    private static long[] Longs(IEnumerable<uint> uids) => [.. uids.Select(u => (long)u)];
}
