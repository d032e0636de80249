using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Outgoing;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>How saving a channel ended.</summary>
/// <param name="Problem">With <see cref="WriteOutcome.WrongState"/>: what is wrong with it.</param>
internal readonly record struct ChannelWrite(WriteOutcome Outcome, long Id = 0, string? Problem = null);

/// <summary>Channels. Secrets are sealed beside them and leave no trace in audit or answers; writes are conditional on the version.</summary>
internal sealed class ChannelStore(NpgsqlDataSource source, SecretBox box, OutgoingHttp http, TimeProvider clock)
{
    private const string Columns = """
        select c.id, c.kind, c.name, c.settings, c.is_enabled, exists (select from secret where name = 'channel/' || c.id || '/secret'), exists (select from secret where name = 'channel/' || c.id || '/signing'), c.version,
               (select max(sent_at) from notification n where n.channel_id = c.id), l.problem, coalesce(w.waiting, 0)::int, coalesce(w.failed, 0)::int
        from channel c
        left join lateral (select case when n.state in ('Failed', 'Unknown') or (n.state = 'Queued' and n.attempts > 0) then n.detail end as problem from notification n where n.channel_id = c.id and n.attempts > 0 order by n.sending_at desc nulls last limit 1) l on true
        left join lateral (select count(*) filter (where n.state in ('Queued', 'Sending')) waiting, count(*) filter (where n.state in ('Failed', 'Unknown') and n.created_at > now() - interval '1 day') failed
                           from notification n where n.channel_id = c.id and n.state in ('Failed', 'Unknown', 'Queued', 'Sending')) w on true
        """;

    public async Task<IReadOnlyList<ChannelView>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"{Columns} order by c.id", [], Read, cancel);
    }

    public async Task<ChannelView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await FindAsync(connection, id, cancel);
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="SecretsKeyException">A stored secret cannot be opened; the message says what to do and may be shown.</exception>
    public async Task<OpenedChannel?> OpenAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await FindAsync(connection, id, cancel) is not { } view) return null;
        return new OpenedChannel(view, await SecretAsync(connection, id, "secret", cancel), await SecretAsync(connection, id, "signing", cancel));
    }

    public async Task<ChannelWrite> CreateAsync(SaveChannel save, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ProblemAsync(connection, save, null, cancel) is { } problem) return new(WriteOutcome.WrongState, Problem: problem);
        var made = await Sql.QueryAsync(connection, "insert into channel (kind, name, settings, is_enabled) values ($1, $2, $3::jsonb, $4) on conflict (name) do nothing returning id", [save.Kind.ToString(), save.Name.Trim(), Sql.Json(save.Settings), save.IsEnabled], r => r.GetInt64(0), cancel);
        if (made is not [var id]) return new(WriteOutcome.WrongState, Problem: $"There is a channel {save.Name.Trim()} already.");
        await SaveSecretsAsync(connection, id, save, cancel);
        await TellAsync(connection, id, actor, "channel.create", $"Made the channel {save.Name.Trim()} ({save.Kind}).", cancel);
        await transaction.CommitAsync(cancel);
        return new(WriteOutcome.Done, id);
    }

    public async Task<ChannelWrite> SaveAsync(long id, int version, SaveChannel save, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await FindAsync(connection, id, cancel) is not { } before) return new(WriteOutcome.NotFound);
        if (await ProblemAsync(connection, save, before, cancel) is { } problem) return new(WriteOutcome.WrongState, id, problem);
        if (await Sql.QueryAsync(connection, "select 1 from channel where name = $1 and id <> $2", [save.Name.Trim(), id], r => r.GetInt32(0), cancel) is not []) return new(WriteOutcome.WrongState, id, $"There is a channel {save.Name.Trim()} already.");
        if (await Sql.ExecuteAsync(connection, "update channel set name = $3, settings = $4::jsonb, is_enabled = $5, version = version + 1 where id = $1 and version = $2", [id, version, save.Name.Trim(), Sql.Json(save.Settings), save.IsEnabled], cancel) == 0) return new(WriteOutcome.VersionConflict, id);
        await SaveSecretsAsync(connection, id, save, cancel);
        await TellAsync(connection, id, actor, "channel.save", $"Changed the channel {save.Name.Trim()}{(save.Secret is null && save.SigningSecret is null ? "" : ", its secrets too")}.", cancel);
        await transaction.CommitAsync(cancel);
        return new(WriteOutcome.Done, id);
    }

    public async Task<WriteOutcome> DeleteAsync(long id, int version, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await FindAsync(connection, id, cancel) is not { } before) return WriteOutcome.NotFound;
        if (await Sql.ExecuteAsync(connection, "delete from channel where id = $1 and version = $2", [id, version], cancel) == 0) return WriteOutcome.VersionConflict;
        await Sql.ExecuteAsync(connection, "delete from secret where name = any($1)", [new[] { SecretName(id, "secret"), SecretName(id, "signing") }], cancel);
        await TellAsync(connection, id, actor, "channel.delete", $"Removed the channel {before.Name}.", cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    private static string SecretName(long id, string which) => string.Create(CultureInfo.InvariantCulture, $"channel/{id}/{which}");

    private async Task<string?> ProblemAsync(NpgsqlConnection connection, SaveChannel save, ChannelView? before, CancellationToken cancel)
    {
        var ours = await Sql.QueryAsync(connection, "select id, address from mailbox", [], r => (Id: r.GetInt64(0), Address: r.GetString(1)), cancel);
        if (ChannelRules.Problem(save, before, http, [.. ours.Select(m => m.Address)]) is { } problem) return problem;
        return ((long?[])[save.Settings.Mailbox, save.Settings.FromMailbox]).FirstOrDefault(m => m is not null && ours.TrueForAll(o => o.Id != m)) is { } missing ? $"There is no mailbox {missing}." : null;
    }

    private async Task SaveSecretsAsync(NpgsqlConnection connection, long id, SaveChannel save, CancellationToken cancel)
    {
        foreach (var (which, secret) in ((string, string?)[])[("secret", save.Secret?.Trim()), ("signing", save.SigningSecret?.Trim())])
        {
            if (secret is null) continue;
            var name = SecretName(id, which);
            if (secret.Length == 0) await Sql.ExecuteAsync(connection, "delete from secret where name = $1", [name], cancel);
            else await Sql.ExecuteAsync(connection, "insert into secret (name, sealed, updated_at) values ($1, $2, $3) on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at", [name, box.Seal(name, secret), clock.GetUtcNow()], cancel);
        }
    }

    private async Task<string?> SecretAsync(NpgsqlConnection connection, long id, string which, CancellationToken cancel)
    {
        var name = SecretName(id, which);
        return await Sql.QueryAsync(connection, "select sealed from secret where name = $1", [name], r => r.GetFieldValue<byte[]>(0), cancel) is [var kept] ? box.Open(name, kept) : null;
    }

    private static async Task TellAsync(NpgsqlConnection connection, long id, string actor, string action, string detail, CancellationToken cancel)
    {
        await EscalationRows.AuditAsync(connection, actor, action, "channel", id, detail, cancel);
        await LiveEvents.AnnounceAsync(connection, "channel", id, cancel);
    }

    private static async Task<ChannelView?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancel) => (await Sql.QueryAsync(connection, $"{Columns} where c.id = $1", [id], Read, cancel)).SingleOrDefault();

    private static ChannelView Read(NpgsqlDataReader r) => new(r.GetInt64(0), Enum.Parse<ChannelKind>(r.GetString(1)), r.GetString(2), Sql.FromJson<ChannelSettings>(r.GetString(3)), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetInt32(7),
        r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8), r.IsDBNull(9) ? null : r.GetString(9), r.GetInt32(10), r.GetInt32(11));
}
