using System.Diagnostics;
using EmailOps.Core.Telemetry;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Where traces of messages began, for the steps that come later and in other processes.</summary>
internal static class MessageTraces
{
    /// <summary>As a column of a query that has the message's id: <c>MessageTraces.Of("o.message_id")</c>.</summary>
    public static string Of(string id) => $"(select trace_parent from message_trace where message_id = {id})";

    /// <summary>Keeps the traces of a batch that is being stored. Asks the database nothing when there are none.</summary>
    public static async Task SaveAsync(NpgsqlConnection connection, IReadOnlyList<MessageRow> rows, CancellationToken cancel)
    {
        var traced = rows.Where(r => r.TraceParent is not null).ToArray();
        if (traced.Length > 0)
            await Sql.ExecuteAsync(connection, "insert into message_trace (message_id, trace_parent) select * from unnest($1, $2)", [traced.Select(r => r.Id).ToArray(), traced.Select(r => r.TraceParent!).ToArray()], cancel);
    }

    /// <summary>Reads a message's trace for work that a person queues, and links their request with it.</summary>
    public static async Task<string?> FindAsync(NpgsqlConnection connection, long messageId, CancellationToken cancel)
    {
        var found = (await Sql.QueryAsync(connection, "select trace_parent from message_trace where message_id = $1", [messageId], r => r.GetString(0), cancel)).SingleOrDefault();
        MessageTrace.Link(found);
        return found;
    }

    /// <summary>The id of the message's trace; null when none was recorded.</summary>
    public static async Task<string?> IdAsync(EmailOpsDb db, long messageId, CancellationToken cancel)
    {
        var parents = await db.Database.SqlQuery<string>($"select trace_parent from message_trace where message_id = {messageId}").ToListAsync(cancel);
        return parents is [var parent] && ActivityContext.TryParse(parent, null, out var context) ? context.TraceId.ToHexString() : null;
    }
}

/// <summary>The first spans of a batch of messages: they end with the transaction, and are taken back when it fails.</summary>
internal sealed class IntakeTraces(List<MessageRow> rows, long mailboxId) : IDisposable
{
    private bool _isStored;

    public void Stored() => _isStored = true;

    public void Dispose()
    {
        foreach (var row in rows)
            if (_isStored) row.Span?.SetTag("emailops.message.id", row.Id).SetTag("emailops.mailbox.id", mailboxId).Dispose();
            else MessageTrace.Discard(row.Span);
    }
}
