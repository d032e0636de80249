using System.Collections.Frozen;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>The COPY statements of intake.</summary>
internal static class IntakeRows
{
    private static readonly FrozenDictionary<IntakeOutcome, string> Outcomes = Enum.GetValues<IntakeOutcome>().ToFrozenDictionary(o => o, o => o.ToString());

    /// <summary>Stores raw bytes that are not there yet. Two mailboxes that store the same bytes at the same moment collide; the caller tries again.</summary>
    /// <returns>The id of each, by SHA-256.</returns>
    public static async Task<Dictionary<byte[], long>> SaveRawAsync(NpgsqlConnection connection, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var offered = new Dictionary<byte[], ParsedMail>(ByteArrayComparer.Instance);
        foreach (var mail in mails)
            if (!mail.Mail.Raw.IsEmpty) offered.TryAdd(mail.Sha256, mail);
        if (offered.Count == 0) return [];

        var ids = await Load(connection, offered.Keys, cancel);
        // In one order: mailboxes that store the same mails at the same moment collide on one of them, and never wait for each other.
        var missing = offered.Values.Where(m => !ids.ContainsKey(m.Sha256)).ToList();
        missing.Sort((a, b) => a.Sha256.AsSpan().SequenceCompareTo(b.Sha256));
        if (missing.Count == 0) return ids;
        var newIds = await Sql.TakeIdsAsync(connection, "raw_mail", missing.Count, cancel);
        await using var copy = await connection.BeginBinaryImportAsync("copy raw_mail (id, sha256, size_bytes, is_head, bytes) from stdin binary", cancel);
        for (var i = 0; i < missing.Count; i++)
        {
            var mail = missing[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(newIds[i], NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(mail.Sha256, NpgsqlDbType.Bytea, cancel);
            await copy.WriteAsync(mail.Mail.SizeBytes, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(mail.Mail.SizeBytes > mail.Mail.Raw.Length, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(mail.Mail.Raw, NpgsqlDbType.Bytea, cancel);
            ids[mail.Sha256] = newIds[i];
        }
        await copy.CompleteAsync(cancel);
        return ids;
    }

    private static async Task<Dictionary<byte[], long>> Load(NpgsqlConnection connection, IEnumerable<byte[]> hashes, CancellationToken cancel)
    {
        var rows = await Sql.QueryAsync(connection, "select sha256, id from raw_mail where sha256 = any($1)", [hashes.ToArray()],
            r => (Hash: r.GetFieldValue<byte[]>(0), Id: r.GetInt64(1)), cancel);
        return rows.ToDictionary(r => r.Hash, r => r.Id, ByteArrayComparer.Instance);
    }

    public static async Task SaveMessagesAsync(NpgsqlConnection connection, long mailboxId, List<MessageRow> rows, DateTimeOffset now, CancellationToken cancel)
    {
        if (rows.Count == 0) return;
        var ids = await Sql.TakeIdsAsync(connection, "message", rows.Count, cancel);
        await using var copy = await connection.BeginBinaryImportAsync("""
            copy message (id, mailbox_id, thread_id, raw_id, dedupe_key, internet_message_id, subject, from_name, from_address, recipients, sent_at,
                received_at, stored_at, text, new_text, hidden_text, reply_doubtful, automated, automated_reason, attachments, thread_position, is_unparsable,
                trust, trust_reason, related_thread_id) from stdin binary
            """, cancel);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var mail = row.Mail;
            row.Id = ids[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(mailboxId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(row.Placement.Thread.Id, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(row.RawId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(row.DedupeKey, NpgsqlDbType.Bytea, cancel);
            await copy.WriteNullable(mail.InternetMessageId, cancel);
            await copy.WriteAsync(mail.Subject, NpgsqlDbType.Text, cancel);
            await copy.WriteNullable(mail.From.Name, cancel);
            await copy.WriteAsync(mail.From.Address, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(Sql.Json(new Recipients(mail.To, mail.Cc, mail.ReplyTo)), NpgsqlDbType.Jsonb, cancel);
            await copy.WriteNullable(mail.SentAt?.ToUniversalTime(), cancel);
            await copy.WriteAsync(row.ReceivedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(mail.Text, NpgsqlDbType.Text, cancel);
            await copy.WriteNullable(mail.NewText, cancel);
            await copy.WriteNullable(mail.HiddenText, cancel);
            await copy.WriteAsync(mail.ReplyDoubtful, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(mail.Automated.ToString(), NpgsqlDbType.Text, cancel);
            await copy.WriteNullable(mail.AutomatedReason, cancel);
            if (mail.Attachments.Count == 0) await copy.WriteNullAsync(cancel);
            else await copy.WriteAsync(Sql.Json(mail.Attachments), NpgsqlDbType.Jsonb, cancel);
            await copy.WriteAsync(row.Placement.Position, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(mail.Unparsable is not null, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(row.Placement.Sender.Trust.ToString(), NpgsqlDbType.Text, cancel);
            await copy.WriteNullable(row.Placement.Sender.Reason, cancel);
            await copy.WriteNullable(row.Placement.Related?.Id, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    /// <returns>The id of each line, in order.</returns>
    public static async Task<List<long>> SaveLedgerAsync(NpgsqlConnection connection, long mailboxId, long? importId, IReadOnlyList<LedgerRow> rows, DateTimeOffset now, CancellationToken cancel)
    {
        var ids = await Sql.TakeIdsAsync(connection, "intake_entry", rows.Count, cancel);
        await using var copy = await connection.BeginBinaryImportAsync("copy intake_entry (id, import_id, mailbox_id, origin, outcome, reason, message_id, raw_id, size_bytes, at) from stdin binary", cancel);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(ids[i], NpgsqlDbType.Bigint, cancel);
            await copy.WriteNullable(importId, cancel);
            await copy.WriteAsync(mailboxId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(StoredText.Clean(row.Mail.Mail.Origin), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(Outcomes[row.Outcome], NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(StoredText.Clean(row.Reason), NpgsqlDbType.Text, cancel);
            await copy.WriteNullable(row.Row?.Id, cancel);
            await copy.WriteNullable(row.RawId, cancel);
            await copy.WriteAsync(row.Mail.Mail.SizeBytes, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        }
        await copy.CompleteAsync(cancel);
        return ids;
    }
}

/// <summary>How recipients are kept in the message row.</summary>
internal sealed record Recipients(IReadOnlyList<Correspondent> To, IReadOnlyList<Correspondent> Cc, IReadOnlyList<Correspondent> ReplyTo);
