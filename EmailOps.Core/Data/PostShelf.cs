using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>A POST that was answered before, or is just being answered.</summary>
/// <param name="IsSame">The same call with the same body.</param>
/// <param name="Status">Null: under way.</param>
internal sealed record KeptPost(bool IsSame, int? Status, IReadOnlyDictionary<string, string> Headers, byte[]? Answer);

/// <summary>POSTs with an Idempotency-Key and what they were answered, for a day.</summary>
internal sealed class PostShelf(NpgsqlDataSource source)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(24);
    /// <summary>One that is under way for longer was left by a process that died: it may be tried again.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    /// <returns>Null: it is new and now ours to do.</returns>
    public async Task<KeptPost?> BeginAsync(string caller, string key, byte[] request, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        // A second time when the row went away in between: whoever had it failed.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (await Sql.ExecuteAsync(connection, """
                insert into idempotent_post as p (caller, key, request) values ($1, $2, $3)
                on conflict (caller, key) do update set request = excluded.request, started_at = now(), status = null, headers = null, answer = null
                where p.started_at < now() - $4 or p.status is null and p.started_at < now() - $5
                """, [caller, key, request, s_kept, s_longest], cancel) == 1) return null;
            if (await Sql.QueryAsync(connection, "select request = $3, status, headers, answer from idempotent_post where caller = $1 and key = $2", [caller, key, request],
                r => new KeptPost(r.GetBoolean(0), r.IsDBNull(1) ? null : r.GetInt32(1), r.IsDBNull(2) ? new Dictionary<string, string>() : Sql.FromJson<Dictionary<string, string>>(r.GetString(2)), r.IsDBNull(3) ? null : r.GetFieldValue<byte[]>(3)), cancel) is [var kept]) return kept;
        }
        return new KeptPost(true, null, new Dictionary<string, string>(), null);
    }

    public async Task DoneAsync(string caller, string key, int status, IReadOnlyDictionary<string, string> headers, byte[]? answer, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update idempotent_post set status = $3, headers = $4::jsonb, answer = $5 where caller = $1 and key = $2", [caller, key, status, Sql.Json(headers), answer], cancel);
    }

    /// <summary>It came to nothing: the next one tries anew.</summary>
    public async Task ForgetAsync(string caller, string key, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from idempotent_post where caller = $1 and key = $2 and status is null", [caller, key], cancel);
    }

    public async Task ForgetOldAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from idempotent_post where started_at < now() - $1", [s_kept], cancel);
    }
}
