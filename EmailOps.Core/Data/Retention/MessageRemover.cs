using Npgsql;

namespace EmailOps.Core.Data.Retention;

/// <summary>Takes messages out of the database with all that belongs to them, in the caller's transaction. The ledger keeps its lines, so that nothing is fetched again.</summary>
internal static class MessageRemover
{
    /// <param name="archive">The file they are in; null: they are erased.</param>
    /// <returns>Messages that went; bytes of mails that nobody needs any more.</returns>
    public static async Task<(int Messages, long Bytes)> RemoveAsync(NpgsqlConnection connection, long[] ids, string? archive, CancellationToken cancel)
    {
        if (ids.Length == 0) return (0, 0);
        await Sql.ExecuteAsync(connection, """
            insert into message_retired (mailbox_id, dedupe_key, message_id, archive) select mailbox_id, dedupe_key, id, $2::text from message where id = any($1) order by mailbox_id, dedupe_key
            on conflict (mailbox_id, dedupe_key) do update set archive = excluded.archive, message_id = excluded.message_id, at = now()
            """, [ids, archive], cancel);
        // Items of a message, of its drafts and of its replies.
        await Sql.ExecuteAsync(connection, """
            delete from work_item w where w.stage in (1, 2, 4, 7, 10) and w.subject_id = any($1)
               or w.stage = 3 and w.subject_id in (select id from draft where message_id = any($1)) or w.stage in (5, 6) and w.subject_id in (select id from outbound_message where message_id = any($1))
            """, [ids], cancel);
        await Sql.ExecuteAsync(connection, "delete from message_words where message_id = any($1)", [ids], cancel);
        // Copies that came by another way have bytes of their own, which only the ledger names.
        var copies = await Sql.QueryAsync(connection, "select distinct raw_id from intake_entry where message_id = any($1) and raw_id is not null", [ids], r => r.GetInt64(0), cancel);
        var gone = await Sql.QueryAsync(connection, "delete from message where id = any($1) returning raw_id, thread_id, mailbox_id", [ids], r => (Raw: r.GetInt64(0), Thread: r.GetInt64(1), Mailbox: r.GetInt64(2)), cancel);
        var raws = gone.ConvertAll(g => g.Raw).Concat(copies).Distinct().Order().ToArray();
        var threads = gone.GroupBy(g => g.Thread).OrderBy(g => g.Key).ToList();
        await Sql.ExecuteAsync(connection, "update message_thread t set message_count = t.message_count - u.gone from unnest($1, $2) u (id, gone) where t.id = u.id", [threads.ConvertAll(t => t.Key).ToArray(), threads.ConvertAll(t => t.Count()).ToArray()], cancel);
        await Sql.ExecuteAsync(connection, "delete from message_thread t where t.id = any($1) and not exists (select from message m where m.thread_id = t.id)", [threads.ConvertAll(t => t.Key).ToArray()], cancel);
        foreach (var mailbox in gone.GroupBy(g => g.Mailbox)) await Sql.ExecuteAsync(connection, "update mailbox_tally set messages = messages - $2 where mailbox_id = $1", [mailbox.Key, (long)mailbox.Count()], cancel);
        var unused = await Sql.QueryAsync(connection, "delete from raw_mail r where r.id = any($1) and not exists (select from message m where m.raw_id = r.id) returning r.id, r.size_bytes", [raws], r => (Id: r.GetInt64(0), Bytes: r.GetInt64(1)), cancel);
        await Sql.ExecuteAsync(connection, "update intake_entry set raw_id = null where raw_id = any($1)", [unused.ConvertAll(u => u.Id).ToArray()], cancel);
        return (gone.Count, unused.Sum(u => u.Bytes));
    }
}
