using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What of a folder read by an API is known by the provider's ids; the rest is <see cref="FolderStore"/>'s.</summary>
internal sealed class RemoteFolderStore(NpgsqlDataSource source, TimeProvider clock)
{
    private const int AtOnce = 1000;

    /// <summary>Those of the ids that have their line.</summary>
    public Task<List<string>> KnownAsync(long folderId, IReadOnlyCollection<string> ids, CancellationToken cancel)
        => IdsAsync("select server_id from server_message where folder_id = $1 and server_id = any($2)", [folderId, ids.ToArray()], cancel);

    /// <summary>Saves how far the folder is read; everything the provider listed up to here has its line.</summary>
    public Task AdvanceAsync(long folderId, string cursor, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set cursor = $2 where id = $1 and cursor is distinct from $2", [folderId, cursor], cancel);

    /// <summary>From the beginning again; what is known is recognised by its id.</summary>
    public Task RestartAsync(long folderId, string note, CancellationToken cancel)
        => ExecuteAsync("update mailbox_folder set cursor = null, note = $2 where id = $1", [folderId, StoredText.Clean(StoredText.Cut(note, 2000))], cancel);

    /// <summary>Mails that are stored and not yet marked or moved at the provider.</summary>
    public Task<List<string>> UnhandledAsync(long folderId, int most, CancellationToken cancel)
        => IdsAsync("select server_id from server_message where folder_id = $1 and server_id is not null and handled_at is null and not is_missing order by uid limit $2", [folderId, most], cancel);

    public Task HandledAsync(long folderId, IReadOnlyCollection<string> ids, CancellationToken cancel)
        => ExecuteAsync("update server_message set handled_at = $3 where folder_id = $1 and server_id = any($2)", [folderId, ids.ToArray(), clock.GetUtcNow()], cancel);

    /// <summary>Mails that the provider did not hand out whole: those a person asked for, and with <paramref name="all"/> those of which it gave nothing.</summary>
    public Task<List<string>> MissingAsync(long folderId, bool all, CancellationToken cancel)
        => IdsAsync("""
            select s.server_id from server_message s join intake_entry e on e.id = s.entry_id
            where s.folder_id = $1 and s.server_id is not null and s.is_missing and (s.wanted_at is not null or $2 and e.outcome = 'Refused') order by s.uid limit $3
            """, [folderId, all, AtOnce], cancel);

    /// <summary>What was wanted was tried: whatever came of it, it is wanted no more.</summary>
    public Task TriedAsync(long folderId, IReadOnlyCollection<string> ids, CancellationToken cancel)
        => ExecuteAsync("update server_message set wanted_at = null where folder_id = $1 and server_id = any($2)", [folderId, ids.ToArray()], cancel);

    /// <summary>Where a provider keeps a stored message; null when it came another way.</summary>
    public async Task<AnsweredMail?> AnsweredAsync(long messageId, string provider, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, """
            select s.server_id, s.server_thread from server_message s join mailbox_folder f on f.id = s.folder_id
            where s.message_id = $1 and s.server_id is not null and f.provider = $2 order by s.uid limit 1
            """, [messageId, provider], r => new AnsweredMail(r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1)), cancel)).SingleOrDefault();
    }

    private async Task ExecuteAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
    }

    private async Task<List<string>> IdsAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, sql, values, r => r.GetString(0), cancel);
    }
}

/// <summary>A provider's own names of a message that is answered.</summary>
internal sealed record AnsweredMail(string ServerId, string? Thread);
