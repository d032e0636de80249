using EmailOps.Core.Data;
using Npgsql;

namespace EmailOps.Cli.Load;

/// <summary>Removes what load tests left: messages from their domain with everything that was made of them, and their mailbox.</summary>
internal sealed class LoadCleaning(NpgsqlDataSource source)
{
    private const int Batch = 500;

    /// <returns>How many messages were removed.</returns>
    public async Task<long> RunAsync(string actor, Action<long> progress, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var removed = 0L;
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var rows = await Sql.QueryAsync(connection, "select id, raw_id, thread_id from message where from_address like $1 order by id limit $2 for update", [$"%@{LoadMail.Domain}", Batch], r => (Id: r.GetInt64(0), Raw: r.GetInt64(1), Thread: r.GetInt64(2)), cancel);
            if (rows.Count == 0) break;
            var (ids, raws, threads) = (rows.Select(r => r.Id).ToArray(), rows.Select(r => r.Raw).Distinct().ToArray(), rows.Select(r => r.Thread).Distinct().ToArray());
            await Run(connection, "delete from work_item where subject_id = any($1) and stage in (1, 2, 4, 7, 10)", ids, cancel);
            await Run(connection, "delete from work_item where stage = 3 and subject_id in (select id from draft where message_id = any($1))", ids, cancel);
            await Run(connection, "delete from work_item where stage in (5, 6) and subject_id in (select id from outbound_message where message_id = any($1))", ids, cancel);
            // A mail that lies on a server keeps its line, or the next look at the server would fetch it again.
            await Run(connection, "update intake_entry set message_id = null, raw_id = null, outcome = 'Refused', reason = 'Of a load test, and removed after it.' where message_id = any($1) and exists (select from server_message s where s.entry_id = intake_entry.id)", ids, cancel);
            await Run(connection, "delete from intake_entry where message_id = any($1)", ids, cancel);
            await Run(connection, "delete from message_words where message_id = any($1)", ids, cancel);
            await Run(connection, "delete from message where id = any($1)", ids, cancel);
            await Run(connection, "delete from raw_mail r where id = any($1) and not exists (select from message m where m.raw_id = r.id) and not exists (select from intake_entry e where e.raw_id = r.id)", raws, cancel);
            await Run(connection, "delete from message_thread t where id = any($1) and not exists (select from message m where m.thread_id = t.id)", threads, cancel);
            await transaction.CommitAsync(cancel);
            progress(removed += rows.Count);
        }
        await MailboxAsync(connection, cancel);
        if (removed > 0) await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'load.clean', 'installation', 0, $2)", [actor, $"Removed {removed} messages of load tests."], cancel);
        return removed;
    }

    private static async Task MailboxAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var ids = await Sql.QueryAsync(connection, "select id from mailbox b where address = $1 and not exists (select from message m where m.mailbox_id = b.id) for update", [LoadMail.Mailbox], r => r.GetInt64(0), cancel);
        if (ids is [var id])
        {
            foreach (var statement in (string[])["delete from intake_entry where mailbox_id = $1", "delete from import_run where mailbox_id = $1", "delete from mailbox_policy where mailbox_id = $1", "delete from mailbox where id = $1"])
                await Sql.ExecuteAsync(connection, statement, [id], cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private static Task<int> Run(NpgsqlConnection connection, string sql, long[] ids, CancellationToken cancel) => Sql.ExecuteAsync(connection, sql, [ids], cancel);
}
