using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace EmailOps.Api.Status;

/// <summary>The mailboxes we read.</summary>
internal static class MailboxEndpoints
{
    public static void MapMailboxes(this IEndpointRouteBuilder app)
    {
        var mailboxes = app.MapGroup("").WithTags("Mailboxes").Needs(Permission.Read);
        mailboxes.MapGet(Routes.Mailboxes, List);
    }

    private static async Task<Ok<List<MailboxView>>> List(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        // Every page of the console asks this: what waits for people is looked for among the newest decisions of each mailbox.
        return TypedResults.Ok(await Sql.QueryAsync(connection, $"""
            select b.id, b.address, b.name, b.is_enabled and {MailboxSql.Sends}, coalesce(t.messages, 0), (select count(*) from (
                select 1 from (select message_id, kind from decision where mailbox_id = b.id order by received_at desc, message_id desc limit 1000) d
                left join lateral (select state from draft where message_id = d.message_id and state <> 'Superseded' order by id desc limit 1) r on true
                where d.kind in ('Suggest', 'HoldForReview', 'Escalate') and coalesce(r.state, 'Proposed') = 'Proposed' limit 1000) x), t.last_received_at, b.is_enabled and {MailboxSql.IsRead}, b.is_enabled
            from mailbox b left join mailbox_tally t on t.mailbox_id = b.id
            order by b.id
            """, [], r => new MailboxView(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.GetInt64(4), r.GetInt64(5), r.IsDBNull(6) ? null : r.GetFieldValue<DateTimeOffset>(6), r.GetBoolean(7), r.GetBoolean(8)), cancel));
    }
}
