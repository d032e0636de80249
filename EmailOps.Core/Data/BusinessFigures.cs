using Npgsql;

namespace EmailOps.Core.Data;

/// <param name="Mailbox">Its address.</param>
/// <param name="Accuracy">Share of the messages that people handled in the last week whose category they left as it was; null: they handled none.</param>
/// <param name="Satisfaction">Share of the last week's answers that were right: nobody took them back, changed what they say or wrote again. No survey is sent, so this is what can be measured. Null: there were none.</param>
internal sealed record MailboxFigures(string Mailbox, double? Accuracy, double? Satisfaction);

/// <param name="Backends">Connections to our database, whoever holds them.</param>
/// <param name="MostConnections">max_connections of the server.</param>
/// <param name="Bytes">Size of our database.</param>
internal sealed record ServerFigures(long Backends, long MostConnections, long Bytes);

/// <summary>Figures about the work itself and about the server, for metrics and the monitor.</summary>
internal sealed class BusinessFigures(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan s_week = TimeSpan.FromDays(7);

    public async Task<ServerFigures> ServerAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, """
            select d.numbackends::bigint, current_setting('max_connections')::bigint, pg_database_size(d.datname) from pg_stat_database d where d.datname = current_database()
            """, [], r => new ServerFigures(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), cancel)).Single();
    }

    public async Task<List<MailboxFigures>> MailboxesAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select b.address, h.accuracy, o.satisfaction
            from mailbox b
            left join (select mailbox_id, avg((not wrong)::int)::float8 accuracy
                       from (select mailbox_id, message_id, bool_or(kind = 'Category' and category is distinct from was_category) wrong from lesson where at >= $1 and undone_at is null group by 1, 2) handled
                       group by 1) h on h.mailbox_id = b.id
            left join (select mailbox_id, avg(is_right::int)::float8 satisfaction from answer_outcome where at >= $1 group by 1) o on o.mailbox_id = b.id
            order by b.address
            """, [clock.GetUtcNow() - s_week], r => new MailboxFigures(r.GetString(0), r.IsDBNull(1) ? null : r.GetDouble(1), r.IsDBNull(2) ? null : r.GetDouble(2)), cancel);
    }
}
