using System.Data.Common;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Answers of language models that were given before, in PostgreSQL: bounded in age and number.</summary>
internal sealed class AnswerStore(NpgsqlDataSource source, CacheOptions options) : IAnswerCache
{
    /// <summary>The table is cut to its size once in so many answers.</summary>
    private const int TrimEvery = 100;
    private int _kept;

    public async Task<CachedAnswer?> FindAsync(byte[] key, CancellationToken cancel)
    {
        if (!options.Enabled) return null;
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "update model_answer set hits = hits + 1, used_at = now() where key = $1 and expires_at > now() returning model, answer, tokens_in, tokens_out", [key],
            r => new CachedAnswer(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)), cancel)).SingleOrDefault();
    }

    public async Task KeepAsync(byte[] key, string prompt, CachedAnswer answer, CancellationToken cancel)
    {
        // U+0000 is no text for PostgreSQL, and no answer that anybody needs.
        if (!options.Enabled || answer.Text.Length > options.MaxAnswerCharacters || answer.Text.Contains('\0', StringComparison.Ordinal)) return;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, """
            insert into model_answer (key, prompt, model, answer, tokens_in, tokens_out, used_at, expires_at) values ($1, $2, $3, $4, $5, $6, now(), now() + $7)
            on conflict (key) do update set answer = excluded.answer, tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out, used_at = now(), expires_at = excluded.expires_at
            """, [key, prompt, answer.Model, answer.Text, answer.TokensIn, answer.TokensOut, TimeSpan.FromSeconds(options.TimeToLiveSeconds)], cancel);
        if (Interlocked.Increment(ref _kept) % TrimEvery == 0) await TrimAsync(cancel);
    }

    /// <summary>Takes away what is too old, and beyond the size what was unused for longest.</summary>
    public async Task<int> TrimAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var expired = await Sql.ExecuteAsync(connection, "delete from model_answer where expires_at <= now()", [], cancel);
        return expired + await Sql.ExecuteAsync(connection, "delete from model_answer where key in (select key from model_answer order by used_at desc offset $1)", [options.MaxAnswers], cancel);
    }

    public async Task<long> ClearAsync(DbConnection connection, CancellationToken cancel) => await Sql.ExecuteAsync((NpgsqlConnection)connection, "delete from model_answer", [], cancel);

    public async Task<AnswerCacheView> ViewAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select count(*), coalesce(sum(hits), 0)::bigint from model_answer where expires_at > now()", [],
            r => new AnswerCacheView(options.Enabled, r.GetInt64(0), r.GetInt64(1), options.TimeToLiveSeconds), cancel)).Single();
    }
}
