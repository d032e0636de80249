using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using EmailOps.Mail.Automated;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Reports about replies of ours: intake writes them, delivery reads them by the work items of stage Bounce.</summary>
internal sealed class BounceStore(NpgsqlDataSource source)
{
    /// <summary>Stores what the batch's reports say about replies and queues what follows, inside the transaction that stores the batch.</summary>
    public static async Task SaveAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<MessageRow> rows, CancellationToken cancel)
    {
        var reports = rows.Select(Report).OfType<BounceReport>().ToArray();
        if (reports.Length == 0) return;
        await Sql.ExecuteAsync(connection, """
            insert into bounce_report (message_id, outbound_id, kind, is_hard, status, recipient, diagnostic)
            select * from unnest($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                reports.Select(r => r.MessageId).ToArray(), reports.Select(r => r.OutboundId).ToArray(), reports.Select(r => r.Kind.ToString()).ToArray(), reports.Select(r => r.IsHard).ToArray(),
                reports.Select(r => r.Status).ToArray(), reports.Select(r => r.Recipient).ToArray(), reports.Select(r => r.Diagnostic).ToArray(),
            ], cancel);
        await WorkQueue.EnqueueAsync(connection, [.. reports.Select(r => new NewWork(Stage.Bounce, r.MessageId, mailboxId) { TraceParent = rows.FirstOrDefault(m => m.Id == r.MessageId)?.TraceParent })], cancel);
    }

    /// <summary>Reports by the message that brought them; one that is gone is simply not among them.</summary>
    public async Task<Dictionary<long, BounceReport>> LoadAsync(IEnumerable<long> messageIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var reports = await Sql.QueryAsync(connection, "select message_id, outbound_id, kind, is_hard, status, recipient, diagnostic from bounce_report where message_id = any($1)", [messageIds.ToArray()], Read, cancel);
        return reports.ToDictionary(r => r.MessageId);
    }

    private static BounceReport Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), Enum.Parse<BounceKind>(row.GetString(2)), row.IsDBNull(3) ? null : row.GetBoolean(3),
        row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6));

    private static BounceReport? Report(MessageRow row)
    {
        if (row.Placement.ReportedOn is not { } reply || row.Mail.Report is not { } report) return null;
        BounceKind? kind = row.Mail.Automated switch
        {
            AutomatedKind.Bounce when report.IsDelayed => BounceKind.Delayed,
            AutomatedKind.Bounce => BounceKind.Failed,
            AutomatedKind.FeedbackReport => BounceKind.Complaint,
            _ => null, // a receipt stands in its thread and asks for nothing
        };
        return kind is { } said ? new BounceReport(row.Id, reply.OutboundId, said, report.IsHard, report.Status, reply.Recipient, report.Diagnostic) : null;
    }
}
