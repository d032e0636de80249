using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>How the reading of a mailbox stands, and what a person should know about it.</summary>
/// <param name="IsHeld">A worker holds its loop.</param>
/// <param name="HeldUntil">When the last worker's lease ran or runs out; null: nobody ever read it, or it was given back.</param>
internal sealed record ReadingState(long MailboxId, string Address, MailboxReading Reading, bool IsHeld, DateTimeOffset? HeldUntil, DateTimeOffset Now);

/// <summary>Reads how the loops of mailboxes stand, for pages, health and metrics.</summary>
internal sealed class ReadingStore(NpgsqlDataSource source)
{
    /// <summary>What comes on top of two polls before silence counts: connections, a slow server, a busy machine.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>How long a server may say nothing at all: it is asked at least once a poll.</summary>
    public static TimeSpan LongestSilence(MailboxSettings settings) => TimeSpan.FromSeconds(2 * settings.PollSeconds) + Margin;

    /// <returns>Null when there is no such mailbox, or nothing of it is read.</returns>
    public async Task<MailboxReading?> OneAsync(long mailboxId, CancellationToken cancel) => (await LoadAsync(mailboxId, true, cancel)).SingleOrDefault()?.Reading;

    /// <summary>All mailboxes that are to be read, without counting their messages.</summary>
    public Task<List<ReadingState>> AllAsync(CancellationToken cancel) => LoadAsync(null, false, cancel);

    private async Task<List<ReadingState>> LoadAsync(long? mailboxId, bool count, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var folders = (await Sql.QueryAsync(connection, $"""
            select f.mailbox_id, f.name, f.server_count, {(count ? "(select count(*) from server_message where folder_id = f.id and uid_validity = f.uid_validity)" : "0::bigint")}, f.gap, f.reconciled_at, f.problem, f.note
            from mailbox_folder f join mailbox b on b.id = f.mailbox_id left join mailbox_loop l on l.mailbox_id = b.id
            where f.provider = coalesce(l.provider, b.settings ->> 'provider', 'Imap') and ($1::bigint is null or b.id = $1) and coalesce(b.settings -> 'folders', '["INBOX"]') ? f.name order by f.id
            """, [mailboxId], r => (Mailbox: r.GetInt64(0), Folder: new FolderReading(r.GetString(1), Long(r, 2), r.GetInt64(3), r.GetInt64(4), At(r, 5), Text(r, 6), Text(r, 7))), cancel)).ToLookup(f => f.Mailbox, f => f.Folder);
        return await Sql.QueryAsync(connection, $"""
            select b.id, b.address, b.settings::text, l.state, l.connected_at, l.heard_at, l.failures, l.problem, l.next_try_at, coalesce(l.owner_until >= now(), false), l.owner_until, now(), coalesce(l.provider, b.settings ->> 'provider', 'Imap'), l.diverted
            from mailbox b left join mailbox_loop l on l.mailbox_id = b.id
            where ($1::bigint is not null and b.id = $1 or $1::bigint is null and b.is_enabled) and {MailboxSql.IsRead} order by b.id
            """, [mailboxId], r =>
            {
                var settings = Sql.FromJson<MailboxSettings>(r.GetString(2));
                var held = r.GetBoolean(9);
                var now = r.GetFieldValue<DateTimeOffset>(11);
                var state = held ? Enum.Parse<LoopState>(r.GetString(3)) : LoopState.Stopped;
                var silent = held && state is not LoopState.BackingOff && now - (At(r, 5) ?? At(r, 4) ?? now) > LongestSilence(settings);
                var reading = new MailboxReading(state, At(r, 4), At(r, 5), silent, r.IsDBNull(6) ? 0 : r.GetInt32(6), Text(r, 7), At(r, 8), [.. folders[r.GetInt64(0)]], Enum.Parse<MailboxProvider>(r.GetString(12)), held ? Text(r, 13) : null);
                return new ReadingState(r.GetInt64(0), r.GetString(1), reading, held, At(r, 10), now);
            }, cancel);
    }

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
    private static long? Long(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);
}
