using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Data.Retention;
using Npgsql;

namespace EmailOps.Core.Data.Privacy;

/// <summary>Everything about one person, by the address: found, handed out, erased. The audit says that it was done and by whom, with a digest instead of the address.</summary>
internal sealed class PersonData(NpgsqlDataSource source, Caches caches, BackupShelf shelf, TimeProvider clock)
{
    private const int LongestAddress = 320; // RFC 3696, erratum 1690 says 254; stored ones are not checked that far
    private const int Batch = 500;
    private const string Theirs = """
        select id from message where from_address = $1
        union select message_id from outbound_message where recipient = $1 or correspondent = $1
        """;
    private const string OnItsWay = "('Held', 'Queued', 'Sending', 'Unknown')";

    /// <exception cref="FormatException">It is no address.</exception>
    public static string Clean(string? address)
    {
        var clean = (address ?? "").Trim().ToLowerInvariant();
        var at = clean.LastIndexOf('@');
        if (clean.Length is < 3 or > LongestAddress || at < 1 || at == clean.Length - 1 || clean.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) throw new FormatException("That is no e-mail address.");
        return clean;
    }

    public async Task<PersonFound> FindAsync(string address, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await FindAsync(connection, Clean(address), cancel);
    }

    /// <summary>Writes a zip: each mail as received, facts line by line, and a note that says what is what.</summary>
    /// <returns>How many messages are in it.</returns>
    public async Task<int> ExportAsync(string address, string path, string actor, CancellationToken cancel)
    {
        var clean = Clean(address);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var ids = await IdsAsync(connection, clean, cancel);
        var readMe = $"""
            What EmailOps holds about {clean}, as of {clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}.

            mails/*.eml    {ids.Length} mails as they were received; the name is the SHA-256 of the content
            facts.jsonl    a line of JSON for each: sender, recipients, what triage found (category, priority, summary, entities), what was decided and why,
                           drafts and replies in full, corrections and lessons of operators, questions to language models with their answers, and its history

            """;
        await ArchiveFile.WriteAsync(connection, ids, path, readMe, cancel);
        await TellAsync(connection, actor, "privacy.export", $"Handed out {ids.Length} messages of the person with digest {Digest(clean)}.", cancel);
        return ids.Length;
    }

    /// <exception cref="BackupException">A reply to the person is on its way just now.</exception>
    public async Task<PersonErased> EraseAsync(string address, string actor, Action<string> progress, CancellationToken cancel)
    {
        var clean = Clean(address);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var sending = await Sql.QueryAsync(connection, $"select count(*) from outbound_message o where o.message_id in ({Theirs}) and o.state = 'Sending' and o.owner_until > now()", [clean], r => r.GetInt64(0), cancel);
        if (sending is [> 0]) throw new BackupException("A reply to the person is being sent just now; try again in a minute.");
        var found = await FindAsync(connection, clean, cancel);
        var (messages, bytes) = (0, 0L);
        // Small transactions: whoever reads in mail of the same mailbox does not wait long. Cut off in the middle, it is done again.
        while (await IdsAsync(connection, clean, cancel, Batch) is { Length: > 0 } ids)
        {
            progress($"{messages:N0} of {found.Messages:N0} messages erased");
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            // Models that learned from them are trained anew without; what is kept of older versions goes at once.
            var mailboxes = await Sql.QueryAsync(connection, "update mailbox_model set retrain_for = 'erasure', revision = revision + 1 where mailbox_id in (select mailbox_id from lesson where message_id = any($1)) and number is not null returning mailbox_id", [ids], r => r.GetInt64(0), cancel);
            await Sql.ExecuteAsync(connection, "update model_version v set bytes = null, sha256 = null where v.mailbox_id = any($1) and v.bytes is not null and not exists (select from mailbox_model s where s.mailbox_id = v.mailbox_id and s.topic = v.topic and s.number = v.number)", [mailboxes.ToArray()], cancel);
            var gone = await MessageRemover.RemoveAsync(connection, ids, null, cancel);
            await transaction.CommitAsync(cancel);
            (messages, bytes) = (messages + gone.Messages, bytes + gone.Bytes);
        }
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await Sql.ExecuteAsync(connection, "delete from automation_brake where correspondent = $1", [clean], cancel);
            await Sql.ExecuteAsync(connection, "update message_thread set participants = array_remove(participants, $1) where $1 = any(participants)", [clean], cancel);
            // Patterns hold excerpts and names of senders, and are made anew each night; kept answers of POSTs may hold anything. That they were done stays known.
            await Sql.ExecuteAsync(connection, "delete from analytics_report where kind = 'Patterns'", [], cancel);
            await Sql.ExecuteAsync(connection, "update idempotent_post set answer = null where answer is not null", [], cancel);
            await TellAsync(connection, actor, "privacy.erase", $"Erased {messages} messages of the person with digest {Digest(clean)}, with drafts, replies, lessons and words of the search.", cancel);
            await LiveEvents.AnnounceAsync(connection, "message", 0, cancel);
            await transaction.CommitAsync(cancel);
        }
        // Answers of language models were made of the mails.
        await caches.ClearAsync(actor, cancel);
        return new PersonErased(clean, messages, bytes, await RemainsAsync(connection, found, cancel));
    }

    private async Task<List<string>> RemainsAsync(NpgsqlConnection connection, PersonFound found, CancellationToken cancel)
    {
        List<string> remains =
        [
            "On the mail servers: EmailOps never deletes mail there. What is still in a mailbox is not read in again.",
            "In the ledger: that mails came, when, and how large; no words and no names. It keeps them from being stored again.",
            "In the audit: that people acted on messages by their numbers, and this erasure with a digest of the address; both must be shown to auditors.",
            "In hourly figures: counts without names.",
        ];
        if (found.Mentions > 0) remains.Add($"{found.Mentions} messages of others were sent to this address as well or name it: they are those people's mail. The address itself is no longer a participant of their threads.");
        if (shelf.List().Count is > 0 and var backups) remains.Add($"In {backups} backups of this machine, and in copies elsewhere, until they are too old (Backup__KeepDays). After a restore, erase again.");
        var archives = (await Sql.QueryAsync(connection, "select count(distinct archive) from message_retired where archive is not null", [], r => r.GetInt64(0), cancel)).Single();
        if (archives > 0) remains.Add($"Perhaps in {archives} archives of old mail, which are not searched: take one back, erase, and archive it again.");
        remains.Add("Models that learned from these messages are trained anew without them in the next minutes; until then they hold numbers, no words.");
        return remains;
    }

    private static async Task<PersonFound> FindAsync(NpgsqlConnection connection, string address, CancellationToken cancel) => (await Sql.QueryAsync(connection, $"""
        with theirs as materialized ({Theirs})
        select (select count(*) from theirs), (select count(*) from draft where message_id in (select id from theirs)), (select count(*) from outbound_message where message_id in (select id from theirs)),
            (select count(*) from lesson where message_id in (select id from theirs)),
            (select count(*) from message m join message_thread t on t.id = m.thread_id where $1 = any(t.participants) and m.id not in (select id from theirs)),
            (select count(*) from automation_brake where correspondent = $1), (select count(*) from outbound_message where message_id in (select id from theirs) and state in {OnItsWay})
        """, [address], r => new PersonFound(address, r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)), cancel)).Single();

    private static async Task<long[]> IdsAsync(NpgsqlConnection connection, string address, CancellationToken cancel, int? most = null)
        => [.. await Sql.QueryAsync(connection, $"select id from ({Theirs}) t order by id limit $2", [address, most ?? int.MaxValue], r => r.GetInt64(0), cancel)];

    private static Task<int> TellAsync(NpgsqlConnection connection, string actor, string action, string detail, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'person', 0, $3)", [actor, action, detail], cancel);

    /// <summary>Enough to tell that two entries are about one person, by whoever knows the address.</summary>
    private static string Digest(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..16];
}
