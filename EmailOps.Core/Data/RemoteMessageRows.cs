using EmailOps.Core.Messages;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>The same as <see cref="ServerMessageRows"/> for mail of a provider's API: the place is the provider's id, and a number of ours stands in for its UID.</summary>
internal static class RemoteMessageRows
{
    /// <summary>Leaves out mails whose id has its line already. One that was missing and is whole now stays.</summary>
    public static async Task<IReadOnlyList<ParsedMail>> NewOnlyAsync(NpgsqlConnection connection, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var places = mails.Select(m => m.Mail.Place!).ToArray();
        var known = (await Sql.QueryAsync(connection, """
            select s.folder_id, s.server_id, s.is_missing from unnest($1, $2) as w (folder_id, server_id) join server_message s using (folder_id, server_id)
            """, [places.Select(p => p.FolderId).ToArray(), places.Select(p => p.ServerId!).ToArray()],
            r => (Place: (r.GetInt64(0), r.GetString(1)), IsMissing: r.GetBoolean(2)), cancel)).DistinctBy(k => k.Place).ToDictionary(k => k.Place, k => k.IsMissing);
        var seen = new HashSet<(long, string)>(mails.Count);
        return [.. mails.Where(m => m.Mail.Place is { } p && (!known.TryGetValue((p.FolderId, p.ServerId!), out var wasMissing) || wasMissing && !p.IsMissing) && seen.Add((p.FolderId, p.ServerId!)))];
    }

    /// <summary>Numbers are given in the mailbox's turn, so that nobody else counts meanwhile.</summary>
    public static async Task SaveAsync(NpgsqlConnection connection, IReadOnlyList<(ServerPlace Place, long EntryId, long? MessageId)> rows, CancellationToken cancel)
    {
        foreach (var folder in rows.GroupBy(r => r.Place.FolderId))
        {
            await using var insert = new NpgsqlCommand("""
                insert into server_message (folder_id, uid_validity, uid, entry_id, is_missing, server_id, server_thread, message_id)
                select $1, $2, coalesce((select max(uid) from server_message where folder_id = $1 and uid_validity = $2), 0) + w.number, w.entry_id, w.is_missing, w.server_id, w.server_thread, w.message_id
                from unnest($3, $4, $5, $6, $7) with ordinality as w (entry_id, is_missing, server_id, server_thread, message_id, number)
                on conflict (folder_id, server_id) where server_id is not null
                do update set entry_id = excluded.entry_id, is_missing = excluded.is_missing, message_id = excluded.message_id, server_thread = coalesce(excluded.server_thread, server_message.server_thread), wanted_at = null
                """, connection);
            insert.Parameters.Add(new() { Value = folder.Key });
            insert.Parameters.Add(new() { Value = (long)ServerPlace.RemoteValidity });
            insert.Parameters.Add(new() { Value = folder.Select(r => r.EntryId).ToArray() });
            insert.Parameters.Add(new() { Value = folder.Select(r => r.Place.IsMissing).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
            insert.Parameters.Add(new() { Value = folder.Select(r => r.Place.ServerId!).ToArray() });
            insert.Parameters.Add(new() { Value = folder.Select(r => r.Place.ServerThread).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            insert.Parameters.Add(new() { Value = folder.Select(r => r.MessageId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await insert.ExecuteNonQueryAsync(cancel);
        }
    }
}
