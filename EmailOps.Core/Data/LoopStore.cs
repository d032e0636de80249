using System.Globalization;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>A mailbox whose loop this worker holds.</summary>
/// <param name="Version">Of its settings.</param>
internal sealed record HeldLoop(long MailboxId, int Version);

/// <summary>What a loop says of itself. Times are spans, so that only the database's clock counts.</summary>
/// <param name="NextTryIn">Until the next attempt, while it backs off.</param>
/// <param name="Provider">By which way it is read; null before the first attempt.</param>
/// <param name="Diverted">Why by the fallback; null when not.</param>
internal sealed record LoopBeat(long MailboxId, LoopState State, TimeSpan? ConnectedFor, TimeSpan? HeardBefore, int Failures, string? Problem, TimeSpan? NextTryIn, MailboxProvider? Provider = null, string? Diverted = null);

/// <summary>Who reads which mailbox: a lease for each, by the database's clock. A worker that is killed loses its mailboxes when the lease runs out.</summary>
internal sealed class LoopStore(NpgsqlDataSource source)
{
    /// <summary>Channel on which a mailbox's loop is told to look up: settings saved, a comparison or a mail asked for. Payload: the mailbox's id.</summary>
    public const string Channel = "emailops_intake";
    private const int MaxProblem = 2000;
    private const string IsRead = $"b.is_enabled and {MailboxSql.IsRead} and {StandingOrders.MayClaim}";

    /// <summary>Wakes the loop of a mailbox, at commit of the caller's transaction if there is one.</summary>
    public static Task WakeAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
        => Hints.SendAsync(connection, Channel, mailboxId.ToString(CultureInfo.InvariantCulture), cancel);

    /// <summary>How many mailboxes each worker should read, so that all are read and none has more than its share.</summary>
    public async Task<int> ShareAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var mailboxes = (await Sql.QueryAsync(connection, $"select count(*)::int from mailbox b where {IsRead}", [], r => r.GetInt32(0), cancel)).Single();
        return Share(mailboxes, await Sql.QueryAsync(connection, WorkerStore.Readers, [], r => r.GetInt32(0), cancel));
    }

    /// <param name="most">What each worker can read at most.</param>
    /// <returns>The smallest number that, where each reads so many or as many as it can, is enough for all.</returns>
    internal static int Share(int mailboxes, IReadOnlyCollection<int> most)
    {
        var workers = most.Count;
        foreach (var one in most.Order())
        {
            if (one >= Each(mailboxes, workers)) return Each(mailboxes, workers);
            (mailboxes, workers) = (mailboxes - one, workers - 1);
        }
        return int.MaxValue; // not enough for all, or nobody told that it reads: each takes what it can

        static int Each(int mailboxes, int workers) => (mailboxes + workers - 1) / workers;
    }

    /// <summary>Takes mailboxes that nobody reads: new ones, given back ones, and those whose worker has said nothing for its lease.</summary>
    public async Task<List<HeldLoop>> TakeAsync(Guid owner, TimeSpan lease, int most, CancellationToken cancel)
    {
        if (most <= 0) return [];
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, $"insert into mailbox_loop (mailbox_id) select b.id from mailbox b where {IsRead} and not exists (select from mailbox_loop where mailbox_id = b.id) on conflict do nothing", [], cancel);
        return await Sql.QueryAsync(connection, $"""
            with free as (
                select l.mailbox_id, b.version from mailbox_loop l join mailbox b on b.id = l.mailbox_id
                where {IsRead} and (l.owner is null or l.owner_until < now())
                order by l.owner_until nulls first limit $3 for update of l skip locked)
            update mailbox_loop l set owner = $1, owner_until = now() + $2, state = 'Connecting', connected_at = null, next_try_at = null, diverted = null
            from free f where l.mailbox_id = f.mailbox_id returning l.mailbox_id, f.version
            """, [owner, lease, most], r => new HeldLoop(r.GetInt64(0), r.GetInt32(1)), cancel);
    }

    /// <summary>Keeps the leases of this worker and tells how its loops go.</summary>
    /// <returns>The loops that are still this worker's and still wanted; the others are to be ended.</returns>
    public async Task<List<HeldLoop>> KeepAsync(Guid owner, TimeSpan lease, IReadOnlyCollection<LoopBeat> beats, CancellationToken cancel)
    {
        if (beats.Count == 0) return [];
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"""
            update mailbox_loop l set owner_until = now() + $2, state = k.state, connected_at = now() - k.connected, heard_at = coalesce(now() - k.heard, l.heard_at),
                failures = k.failures, problem = nullif(k.problem, ''), next_try_at = now() + k.next_try, provider = coalesce(nullif(k.provider, ''), l.provider), diverted = nullif(k.diverted, '')
            from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) as k (mailbox_id, state, connected, heard, failures, problem, next_try, provider, diverted)
            join mailbox b on b.id = k.mailbox_id
            where l.mailbox_id = k.mailbox_id and l.owner = $1 and {IsRead}
            returning l.mailbox_id, b.version
            """,
            [owner, lease, beats.Select(b => b.MailboxId).ToArray(), beats.Select(b => b.State.ToString()).ToArray(), beats.Select(b => b.ConnectedFor).ToArray(),
                beats.Select(b => b.HeardBefore).ToArray(), beats.Select(b => b.Failures).ToArray(), beats.Select(b => Cut(b.Problem)).ToArray(), beats.Select(b => b.NextTryIn).ToArray(),
                beats.Select(b => b.Provider?.ToString() ?? "").ToArray(), beats.Select(b => Cut(b.Diverted)).ToArray()],
            r => new HeldLoop(r.GetInt64(0), r.GetInt32(1)), cancel);
    }

    /// <summary>Gives a mailbox back, so that another worker may take it at once.</summary>
    public async Task ReleaseAsync(Guid owner, long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update mailbox_loop set owner = null, owner_until = null, state = 'Stopped', connected_at = null, failures = 0, problem = null, next_try_at = null where mailbox_id = $1 and owner = $2", [mailboxId, owner], cancel);
        await WakeAsync(connection, mailboxId, cancel);
    }

    /// <summary>Whether a worker holds the mailbox just now.</summary>
    public async Task<bool> IsHeldAsync(long mailboxId, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select exists (select from mailbox_loop where mailbox_id = $1 and owner_until >= now())");
        command.Parameters.Add(new() { Value = mailboxId });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static string Cut(string? problem) => problem is null ? "" : Messages.StoredText.Clean(Messages.StoredText.Cut(problem, MaxProblem));
}
