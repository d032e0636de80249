using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Policy.Answers;
using EmailOps.Mail;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Reads what speaks for or against automatic answers. Answers are counted from their rows, so no counter can go wrong.</summary>
internal static class BrakeFacts
{
    /// <summary>Bytes of the raw mail read for its header.</summary>
    private const int Head = 16 * 1024;
    private const string Left = "o.is_automatic and o.state in ('Sending', 'Sent', 'Unknown', 'Bounced')";

    /// <param name="planned">Answers that wait count too: asked when one is ordered, not when one leaves.</param>
    public static async Task<Dictionary<long, AnswerFacts>> LoadAsync(NpgsqlConnection connection, IReadOnlyCollection<long> messageIds, bool planned, CancellationToken cancel)
    {
        if (messageIds.Count == 0) return [];
        var own = await Sql.QueryAsync(connection, "select address from mailbox", [], r => r.GetString(0), cancel);
        // Counting starts anew when an operator lifts a brake; a row that was tried several times counts once.
        var rows = await Sql.QueryAsync(connection, $"""
            with asked as (
                select m.id, m.mailbox_id, m.from_address, m.recipients, m.received_at, left(coalesce(m.new_text, m.text), {PingPong.MaxText}) words, substring(r.bytes from 1 for {Head}) head,
                       b.address, b.settings, m.from_address || array(select lower(x ->> 'address') from jsonb_array_elements(m.recipients -> 'replyTo') x) people
                from message m join mailbox b on b.id = m.mailbox_id join raw_mail r on r.id = m.raw_id where m.id = any($1))
            select a.id, a.from_address, a.recipients, a.received_at, a.words, a.head, a.address, a.settings, brake.reason, coalesce(mine.hour, 0)::int, coalesce(mine.day, 0)::int, coalesce(all_of.hour, 0)::int
            from asked a
            cross join lateral (select max(lifted_at) filter (where correspondent = any(a.people)) people, max(lifted_at) filter (where correspondent = '') everybody
                                from automation_brake where mailbox_id = a.mailbox_id and correspondent = any(a.people || ''::text) and lifted_by <> 'time') lifted
            left join lateral (select reason from automation_brake where mailbox_id = a.mailbox_id and correspondent = any(a.people || ''::text)
                               and lifted_at is null and (until is null or until > now()) order by correspondent limit 1) brake on true
            cross join lateral (select count(*) filter (where coalesce(o.sending_at, o.created_at) > now() - interval '1 hour') "hour", count(*) "day" from outbound_message o
                                where o.mailbox_id = a.mailbox_id and (o.recipient = any(a.people) or o.correspondent = any(a.people)) and o.message_id <> a.id
                                and coalesce(o.sending_at, o.created_at) > greatest(now() - interval '1 day', lifted.people) and (({Left}) or ($2 and o.is_automatic and o.state in ('Held', 'Queued')))) mine
            cross join lateral (select count(*) "hour" from outbound_message o
                                where o.mailbox_id = a.mailbox_id and o.message_id <> a.id and o.sending_at > greatest(now() - interval '1 hour', lifted.everybody) and {Left}) all_of
            """, [messageIds.ToArray(), planned], r => Read(r, own), cancel);
        var facts = rows.DistinctBy(f => f.MessageId).ToDictionary(f => f.MessageId);
        var earlier = await EarlierAsync(connection, messageIds, cancel);
        return facts.Values.Select(f => f with { Earlier = [.. earlier[f.MessageId]] }).ToDictionary(f => f.MessageId);
    }

    private static AnswerFacts Read(NpgsqlDataReader row, IReadOnlyList<string> own)
    {
        var from = row.GetString(1);
        var people = Sql.FromJson<Recipients>(row.GetString(2));
        var settings = row.IsDBNull(7) ? new MailboxSettings() : Sql.FromJson<MailboxSettings>(row.GetString(7));
        var head = MailMessage.Parse(row.GetFieldValue<byte[]>(5)).Headers;
        return new AnswerFacts
        {
            MessageId = row.GetInt64(0),
            From = from,
            Recipient = ReplyRecipient.Of(from, people.ReplyTo),
            AddressedTo = [.. people.To.Concat(people.Cc).Select(p => p.Address)],
            MailboxNames = [row.GetString(6), .. settings.Aliases],
            OwnAddresses = own,
            HasNullReturnPath = head["Return-Path"]?.Trim() == "<>",
            Brake = row.IsDBNull(8) ? null : row.GetString(8),
            ToCorrespondentInHour = row.GetInt32(9),
            ToCorrespondentInDay = row.GetInt32(10),
            OfMailboxInHour = row.GetInt32(11),
            MostToCorrespondentInHour = settings.AnswersPerCorrespondent,
            MostOfMailboxInHour = settings.AnswersPerHour,
            Words = row.GetString(4),
            ArrivedAt = row.GetFieldValue<DateTimeOffset>(3),
        };
    }

    private static async Task<ILookup<long, EarlierMessage>> EarlierAsync(NpgsqlConnection connection, IReadOnlyCollection<long> messageIds, CancellationToken cancel)
    {
        var rows = await Sql.QueryAsync(connection, $"""
            select m.id, left(coalesce(e.new_text, e.text), {PingPong.MaxText}), e.received_at, o.sending_at
            from message m
            cross join lateral (select * from message where mailbox_id = m.mailbox_id and from_address = m.from_address and id <> m.id and not is_unparsable
                                and received_at between m.received_at - interval '1 day' and m.received_at order by received_at desc, id desc limit {PingPong.MaxEarlier}) e
            left join outbound_message o on o.message_id = e.id and {Left} and not exists (select from automation_brake b
                where b.mailbox_id = m.mailbox_id and b.correspondent in (o.recipient, o.correspondent) and b.lifted_by <> 'time' and b.lifted_at > o.sending_at)
            where m.id = any($1) order by m.id, e.received_at desc, e.id desc
            """, [messageIds.ToArray()], r => (Message: r.GetInt64(0), Earlier: new EarlierMessage(r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3))), cancel);
        return rows.ToLookup(r => r.Message, r => r.Earlier);
    }
}
