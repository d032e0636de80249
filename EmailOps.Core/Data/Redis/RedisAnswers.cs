using System.Data.Common;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.Data.Redis;

/// <summary>Answers of language models in Redis; in PostgreSQL while it is away.</summary>
internal sealed class RedisAnswers(RedisShelf shelf, AnswerStore twin, CacheGeneration generation, CacheOptions options) : IAnswerCache
{
    public const string Kind = "answers";

    public async Task<CachedAnswer?> FindAsync(byte[] key, CancellationToken cancel)
    {
        if (!options.Enabled) return null;
        var found = await shelf.FindAsync(await generation.CurrentAsync(cancel), key);
        var answer = found is null ? null : Read(found.Value);
        if (found is null || (answer is null && shelf.RefusedLately)) answer = await twin.FindAsync(key, cancel);
        RedisTelemetry.Looked(Kind, found is not null, answer is not null);
        return answer;
    }

    public async Task KeepAsync(byte[] key, string prompt, CachedAnswer answer, CancellationToken cancel)
    {
        if (!options.Enabled || answer.Text.Length > options.MaxAnswerCharacters) return;
        if (!await shelf.KeepAsync(await generation.CurrentAsync(cancel), key, JsonSerializer.SerializeToUtf8Bytes(answer), TimeSpan.FromSeconds(options.TimeToLiveSeconds)))
            await twin.KeepAsync(key, prompt, answer, cancel);
    }

    public async Task<AnswerCacheView> ViewAsync(CancellationToken cancel)
        => await shelf.CountAsync() is { } count ? new AnswerCacheView(options.Enabled, count.Entries, count.Hits, options.TimeToLiveSeconds) : await twin.ViewAsync(cancel);

    public async Task<long> ClearAsync(DbConnection connection, CancellationToken cancel) => await twin.ClearAsync(connection, cancel) + (await shelf.ClearAsync() ?? 0);

    private static CachedAnswer? Read(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : JsonSerializer.Deserialize<CachedAnswer>(bytes);
        }
        catch (JsonException)
        {
            // Not ours: as good as nothing, and overwritten by the answer that comes.
            return null;
        }
    }
}
