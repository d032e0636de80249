using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>
/// Gives entries their place in the chain and reads it again. Those who write entries know nothing of it and wait for nobody: ids may come in any order, and an
/// entry whose transaction takes an hour gets its place an hour later.
/// </summary>
internal sealed class AuditChain(NpgsqlDataSource source, AuditKey key, TimeProvider clock)
{
    private const int Batch = 2000;
    private const int CountTo = 10_000;
    /// <summary>Between drawing an id and having a transaction's number lies a moment that no snapshot shows; this is far longer.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);
    private const string Entry = "a.id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.detail";
    private const string IsUnsealed = "not exists (select from audit_seal s where s.entry_id = a.id)";

    private readonly Queue<(long Id, long Snapshot, long Seen)> _marks = [];

    /// <summary>Seals one batch, unless another process is at it.</summary>
    /// <returns>How many, and whether there is more.</returns>
    /// <exception cref="SecretsKeyException">The chain's key cannot be opened or made.</exception>
    public async Task<(int Sealed, bool More)> SealAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The row is the lease: it ends with the transaction, whatever ends that.
        if (await Sql.QueryAsync(connection, "select position, hash, through_id, scan_from from audit_chain for update skip locked", [],
            r => (Position: r.GetInt64(0), Hash: r.GetFieldValue<byte[]>(1), Through: r.GetInt64(2), Scan: r.GetInt64(3)), cancel) is not [var head]) return (0, false);
        var chainKey = await key.GetAsync(connection, cancel);
        // Before entries are looked for: what is settled by then is seen by that look.
        var settled = await SettledAsync(connection, head.Through, cancel);
        var entries = await Sql.QueryAsync(connection, $"select {Entry} from audit_entry a where a.id > $1 and {IsUnsealed} order by a.id limit {Batch}", [Math.Max(head.Through, head.Scan)], r => Read(r, 0), cancel);
        var hashes = new byte[entries.Count][];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = ChainLink.Hash(chainKey, i == 0 ? head.Hash : hashes[i - 1], entries[i]);
        var more = entries.Count == Batch;
        // Only a look from the settled part to the end has seen every entry between.
        var through = more || head.Scan > 0 ? head.Through : settled;
        var scan = more ? entries[^1].Id : 0;
        if (hashes.Length > 0)
        {
            await Sql.ExecuteAsync(connection, "insert into audit_seal (position, entry_id, hash) select $1 + n, e, h from unnest($2::bigint[], $3::bytea[]) with ordinality as t (e, h, n)",
                [head.Position, entries.Select(e => e.Id).ToArray(), hashes], cancel);
            await Sql.ExecuteAsync(connection, "update audit_chain set position = $1, hash = $2, through_id = $3, scan_from = $4, sealed_at = now()", [head.Position + hashes.Length, hashes[^1], through, scan], cancel);
        }
        else if (through != head.Through || scan != head.Scan)
        {
            await Sql.ExecuteAsync(connection, "update audit_chain set through_id = $1, scan_from = $2", [through, scan], cancel);
        }
        await transaction.CommitAsync(cancel);
        return (hashes.Length, more);
    }

    /// <summary>Reads the chain from its first link; one view of the tables, so nothing that happens meanwhile looks like a break.</summary>
    /// <param name="progress">Told how many links were read.</param>
    public async Task<AuditVerification> VerifyAsync(Action<long> progress, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        AuditVerification found;
        await using (var view = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel))
        {
            found = await VerifyAsync(connection, await key.GetAsync(connection, cancel), progress, cancel);
            await view.CommitAsync(cancel);
        }
        await Sql.ExecuteAsync(connection, "update audit_chain set verified_at = $1, verified_to = $2, broken = $3::text", [clock.GetUtcNow(), found.Checked, found.Broken], cancel);
        return found;
    }

    public async Task<AuditChainView> ViewAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"""
            select c.position, c.hash, u.n, u.oldest, c.sealed_at, c.verified_at, c.verified_to, c.broken from audit_chain c,
                lateral (select count(*) as n, min(at) as oldest from (select a.at from audit_entry a where a.id > greatest(c.through_id, c.scan_from) and {IsUnsealed} order by a.id limit {CountTo}) first) u
            """, [], r => new AuditChainView(r.GetInt64(0), Convert.ToHexStringLower(r.GetFieldValue<byte[]>(1)), r.GetInt64(2), Instant(r, 3), Instant(r, 4), Instant(r, 5), r.IsDBNull(6) ? null : r.GetInt64(6), r.IsDBNull(7) ? null : r.GetString(7)), cancel)).Single();
    }

    /// <returns>What the chain's head was at a position, in hexadecimal; null: it never got there.</returns>
    public async Task<string?> HeadAsync(long position, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select hash from audit_seal where position = $1", [position], r => Convert.ToHexStringLower(r.GetFieldValue<byte[]>(0)), cancel)).SingleOrDefault();
    }

    private static async Task<AuditVerification> VerifyAsync(NpgsqlConnection connection, byte[] chainKey, Action<long> progress, CancellationToken cancel)
    {
        var head = (await Sql.QueryAsync(connection, "select position, hash, through_id from audit_chain", [], r => (Position: r.GetInt64(0), Hash: r.GetFieldValue<byte[]>(1), Through: r.GetInt64(2)), cancel)).Single();
        var (at, hash) = (0L, Array.Empty<byte>());
        while (true)
        {
            var links = await Sql.QueryAsync(connection, $"select s.position, s.entry_id, s.hash, {Entry} from audit_seal s left join audit_entry a on a.id = s.entry_id where s.position > $1 order by s.position limit {Batch}", [at],
                r => (Position: r.GetInt64(0), EntryId: r.GetInt64(1), Hash: r.GetFieldValue<byte[]>(2), Entry: r.IsDBNull(3) ? null : Read(r, 3)), cancel);
            foreach (var link in links)
            {
                if (link.Position != at + 1) return Broken(null, $"The seal at position {at + 1} is gone, and with it what it sealed.");
                if (link.Entry is null) return Broken(link.EntryId, $"Entry {link.EntryId} was deleted.");
                var wanted = ChainLink.Hash(chainKey, hash, link.Entry);
                if (!link.Hash.AsSpan().SequenceEqual(wanted)) return Broken(link.EntryId, $"Entry {link.EntryId} ({link.Entry.Action} by {link.Entry.Actor}, {link.Entry.At:yyyy-MM-dd HH:mm:ss} UTC) is not what was sealed: it, its seal or the order was changed.");
                (at, hash) = (link.Position, wanted);
            }
            progress(at);
            if (links.Count < Batch) break;
        }
        if (at != head.Position || !hash.AsSpan().SequenceEqual(head.Hash)) return Broken(null, $"The chain ends at {at}, and stood at {head.Position} when it was last sealed: its end was cut off, or its head changed.");
        if (await Sql.QueryAsync(connection, $"select a.id from audit_entry a where a.id <= $1 and {IsUnsealed} order by a.id limit 1", [head.Through], r => r.GetInt64(0), cancel) is [var stray])
            return new AuditVerification(false, at, 0, Convert.ToHexStringLower(hash), $"Entry {stray} stands among sealed ones and has no seal: it was put there later, or its seal was deleted.", stray);
        var unsealed = (await Sql.QueryAsync(connection, $"select count(*) from audit_entry a where a.id > $1 and {IsUnsealed}", [head.Through], r => r.GetInt64(0), cancel)).Single();
        return new AuditVerification(true, at, unsealed, Convert.ToHexStringLower(hash));

        AuditVerification Broken(long? entry, string why) => new(false, at, 0, Convert.ToHexStringLower(hash), why, entry, at + 1);
    }

    /// <summary>Up to where no entry can come any more: all that was there a while ago, once every transaction of that time has ended.</summary>
    private async Task<long> SettledAsync(NpgsqlConnection connection, long through, CancellationToken cancel)
    {
        var (last, oldest, next) = (await Sql.QueryAsync(connection, "select coalesce((select max(id) from audit_entry), 0), pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint", [],
            r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), cancel)).Single();
        while (_marks.TryPeek(out var before) && before.Id <= through) _marks.Dequeue();
        if (last > through && (_marks.Count == 0 || _marks.Last() is var newest && newest.Id < last && clock.GetElapsedTime(newest.Seen) >= Settled / 4)) _marks.Enqueue((last, next, clock.GetTimestamp()));
        return _marks.Where(m => m.Snapshot <= oldest && clock.GetElapsedTime(m.Seen) >= Settled).Select(m => m.Id).DefaultIfEmpty(through).Max();
    }

    private static AuditEntry Read(NpgsqlDataReader r, int at) => new()
    {
        Id = r.GetInt64(at), At = r.GetFieldValue<DateTimeOffset>(at + 1), Actor = r.GetString(at + 2), Action = r.GetString(at + 3), SubjectKind = r.GetString(at + 4), SubjectId = r.GetInt64(at + 5), Detail = r.GetString(at + 6),
    };

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
