using EmailOps.Core.Messages;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>The statements that tie stored mail to its places on a server, inside the transaction that stores it.</summary>
internal static class ServerMessageRows
{
    /// <summary>Leaves out mails whose place has its line already: another worker, or the same one before it was killed, was here. A mail that was missing and is whole now stays.</summary>
    public static async Task<IReadOnlyList<ParsedMail>> NewOnlyAsync(NpgsqlConnection connection, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var places = mails.Select(m => m.Mail.Place).OfType<ServerPlace>().ToArray();
        if (places.Length == 0) return mails;
        if (places[0].ServerId is not null) return await RemoteMessageRows.NewOnlyAsync(connection, mails, cancel);
        var known = await Sql.QueryAsync(connection, """
            select s.folder_id, s.uid_validity, s.uid, s.is_missing
            from unnest($1, $2, $3) as w (folder_id, uid_validity, uid) join server_message s using (folder_id, uid_validity, uid)
            """, [places.Select(p => p.FolderId).ToArray(), places.Select(p => (long)p.UidValidity).ToArray(), places.Select(p => (long)p.Uid).ToArray()],
            r => new ServerPlace(r.GetInt64(0), (uint)r.GetInt64(1), (uint)r.GetInt64(2), r.GetBoolean(3)), cancel);
        if (known.Count == 0 && places.Length == mails.Count) return Distinct(mails);
        var taken = known.Where(p => !p.IsMissing).ToHashSet();
        var missing = known.Where(p => p.IsMissing).ToHashSet();
        return Distinct([.. mails.Where(m => m.Mail.Place is not { } place || !taken.Contains(place with { IsMissing = false }) && !(place.IsMissing && missing.Contains(place)))]);
    }

    /// <summary>A server that hands one mail out twice must not stop the batch.</summary>
    private static List<ParsedMail> Distinct(IReadOnlyList<ParsedMail> mails)
    {
        var seen = new HashSet<(long, uint, uint)>(mails.Count);
        return [.. mails.Where(m => m.Mail.Place is not { } p || seen.Add((p.FolderId, p.UidValidity, p.Uid)))];
    }

    public static async Task SaveAsync(NpgsqlConnection connection, IReadOnlyList<LedgerRow> rows, IReadOnlyList<long> entryIds, CancellationToken cancel)
    {
        var placed = Enumerable.Range(0, rows.Count).Where(i => rows[i].Mail.Mail.Place is not null).ToArray();
        if (placed.Length == 0) return;
        var places = placed.Select(i => rows[i].Mail.Mail.Place!).ToArray();
        if (places[0].ServerId is not null)
        {
            await RemoteMessageRows.SaveAsync(connection, [.. placed.Select(i => (rows[i].Mail.Mail.Place!, entryIds[i], rows[i].Row?.Id))], cancel);
            return;
        }
        await using var insert = new NpgsqlCommand("""
            insert into server_message (folder_id, uid_validity, uid, entry_id, is_missing)
            select * from unnest($1, $2, $3, $4, $5)
            on conflict (folder_id, uid_validity, uid) do update set entry_id = excluded.entry_id, is_missing = excluded.is_missing, wanted_at = null
            """, connection);
        insert.Parameters.Add(new() { Value = places.Select(p => p.FolderId).ToArray() });
        insert.Parameters.Add(new() { Value = places.Select(p => (long)p.UidValidity).ToArray() });
        insert.Parameters.Add(new() { Value = places.Select(p => (long)p.Uid).ToArray() });
        insert.Parameters.Add(new() { Value = placed.Select(i => entryIds[i]).ToArray() });
        insert.Parameters.Add(new() { Value = places.Select(p => p.IsMissing).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Moves a folder's progress forward, never back, and only while its UIDs are still those the batch was read under.</summary>
    public static async Task AdvanceAsync(NpgsqlConnection connection, FolderProgress? progress, CancellationToken cancel)
    {
        if (progress is null) return;
        await Sql.ExecuteAsync(connection, "update mailbox_folder set uid_next = greatest(uid_next, $3) where id = $1 and uid_validity = $2 and uid_next < $3",
            [progress.FolderId, (long)progress.UidValidity, (long)progress.UidNext], cancel);
    }
}
