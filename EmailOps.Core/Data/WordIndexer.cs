using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Reads the words of stored messages into the index of the inbox's search, apart from intake: an index of words costs as much as storing the mail, and
/// nobody looks for a word within the second. Ranges of ids wait in <c>words_due</c>; a range belongs to the transaction that reads it, so a killed worker's is
/// free at once, and the newest are read first.
/// </summary>
internal sealed class WordIndexer(NpgsqlDataSource source)
{
    /// <summary>Ranges of one transaction; together they merge into the index cheaper.</summary>
    public const int MostRanges = 4;

    /// <summary>Notes, in the caller's transaction, that these messages wait.</summary>
    internal static async Task WaitAsync(NpgsqlConnection connection, List<MessageRow> rows, CancellationToken cancel)
    {
        // Ids are taken at once and close to each other; of those in between that are others', each has its own line.
        if (rows.Count > 0) await Sql.ExecuteAsync(connection, "insert into words_due (first_id, last_id) values ($1, $2) on conflict do nothing", [rows[0].Id, rows[^1].Id], cancel);
    }

    /// <returns>How many ranges were read; 0: none waits.</returns>
    public async Task<int> RunAsync(int ranges, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var taken = await Sql.QueryAsync(connection, """
            delete from words_due where first_id in (select first_id from words_due order by first_id desc limit $1 for update skip locked) returning first_id, last_id
            """, [ranges], r => (First: r.GetInt64(0), Last: r.GetInt64(1)), cancel);
        var reader = new MessageWords();
        foreach (var (first, last) in taken) await ReadAsync(connection, reader, first, last, cancel);
        await transaction.CommitAsync(cancel);
        return taken.Count;
    }

    /// <summary>Merges what piled up beside the index: every search reads the pile from one end to the other.</summary>
    public async Task MergeAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "select gin_clean_pending_list('message_words_words')", [], cancel);
    }

    private static async Task ReadAsync(NpgsqlConnection connection, MessageWords reader, long first, long last, CancellationToken cancel)
    {
        var found = await Sql.QueryAsync(connection, """
            select m.id, m.mailbox_id, m.received_at, m.subject, m.from_name, m.from_address, coalesce(m.new_text, m.text) from message m
            where m.id between $1 and $2 and not exists (select from message_words w where w.message_id = m.id) order by m.id
            """, [first, last], r => (Id: r.GetInt64(0), Mailbox: r.GetInt64(1), At: r.GetFieldValue<DateTimeOffset>(2), Words: reader.Of(r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4), r.GetString(5), r.GetString(6))), cancel);
        if (found.Count == 0) return;
        await Sql.ExecuteAsync(connection, """
            insert into message_words (message_id, mailbox_id, received_at, words)
            select u.id, u.mailbox, u.at, array_to_tsvector(string_to_array(u.words, ' ')) from unnest($1, $2, $3, $4::text[]) u (id, mailbox, at, words) on conflict do nothing
            """, [found.ConvertAll(f => f.Id).ToArray(), found.ConvertAll(f => f.Mailbox).ToArray(), found.ConvertAll(f => f.At).ToArray(), found.ConvertAll(f => f.Words).ToArray()], cancel);
    }
}
