using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels.Routing;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>All caches together: what people clear, and how Redis is.</summary>
internal sealed class Caches(NpgsqlDataSource source, IAnswerCache answers, VectorShelf vectors, TokenShelf tokens, CacheGeneration generation, RedisLink? redis = null)
{
    /// <summary>Whoever clears would rather wait a moment than leave something behind.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Nothing kept until now is found again, by no process. It is taken away at once where this process reaches; what lies in a Redis that is away
    /// is of a generation that nobody asks for, and goes when its time is up.
    /// </summary>
    public async Task<CacheCleared> ClearAsync(string actor, CancellationToken cancel)
    {
        if (redis is not null) await redis.IsUpWithinAsync(s_patience, cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await generation.NextAsync(connection, cancel);
        var cleared = new CacheCleared(await answers.ClearAsync(connection, cancel), await vectors.Shelf.ClearAsync(), await tokens.Shelf.ClearAsync(), redis is { IsUp: false }
            ? "Redis is away: what lies there is found no more, and goes when its time is up." : null);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'cache.clear', 'cache', 0, $2)",
            [actor, $"Cleared {cleared.Answers} answers, {cleared.Vectors} vectors, {cleared.Tokens} tokens. {cleared.Note}".TrimEnd()], cancel);
        await transaction.CommitAsync(cancel);
        return cleared;
    }

    /// <returns>Null where there is none.</returns>
    public ComponentHealth? RedisHealth() => redis?.State.Health();
}

/// <summary>Where vectors of questions lie.</summary>
internal sealed record VectorShelf(CacheShelf Shelf);

/// <summary>Where access tokens lie.</summary>
internal sealed record TokenShelf(CacheShelf Shelf);
