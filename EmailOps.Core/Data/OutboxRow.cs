using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>A row of the outbox, locked until the end of the transaction, with what decides about it.</summary>
internal sealed record OutboxRow(long Id, long DraftId, long MessageId, long MailboxId, OutboundState State, bool IsAutomatic, DateTimeOffset? HoldUntil, DateTimeOffset? OwnerUntil,
    DateTimeOffset? SendingAt, int Attempts, byte[]? Raw, string InternetMessageId, string Recipient, bool HasServer, bool IsEnabled, DateTimeOffset Now, string? TraceParent)
{
    public bool IsDue => HoldUntil is null || HoldUntil <= Now;
    public bool IsOrphan => OwnerUntil is null || OwnerUntil < Now;

    public Departure Departure(int attempt) => new(Id, MessageId, MailboxId, attempt, InternetMessageId, Recipient, Raw ?? []) { TraceParent = TraceParent };

    /// <summary>Locks draft, item and row, in this order.</summary>
    /// <param name="item">Null for people, who need no item.</param>
    /// <returns>Null when the item is no longer ours or the row is gone.</returns>
    public static async Task<OutboxRow?> LockAsync(NpgsqlConnection connection, long id, WorkItem? item, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "select id from draft where id = (select draft_id from outbound_message where id = $1) for update", id);
        if (item is null) Add(batch, "select id from work_item where stage = $1 and subject_id = $2 for update", (short)Stage.Sending, id);
        else Add(batch, "select id from work_item where id = $1 and lease = $2 for update", item.Id, item.Lease);
        Add(batch, $"""
            select o.id, o.draft_id, o.message_id, o.mailbox_id, o.state, o.is_automatic, o.hold_until, o.owner_until, o.sending_at, o.attempts, o.raw, o.internet_message_id, o.recipient,
                   {MailboxSql.Sends}, b.is_enabled, clock_timestamp(), {MessageTraces.Of("o.message_id")}
            from outbound_message o join mailbox b on b.id = o.mailbox_id where o.id = $1 for update of o
            """, id);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var isOurs = await reader.ReadAsync(cancel);
        await reader.NextResultAsync(cancel);
        return (isOurs || item is null) && await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }

    private static OutboxRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), Enum.Parse<OutboundState>(row.GetString(4)), row.GetBoolean(5),
        At(row, 6), At(row, 7), At(row, 8), row.GetInt16(9), row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10), row.GetString(11), row.GetString(12), row.GetBoolean(13), row.GetBoolean(14), row.GetFieldValue<DateTimeOffset>(15), row.IsDBNull(16) ? null : row.GetString(16));

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
