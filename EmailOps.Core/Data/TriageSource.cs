using EmailOps.Core.Knowledge;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>The pipeline in force: model and taxonomy loaded at first use, articles followed as they change in the store.</summary>
internal sealed class TriageSource(TriageOptions options, IConfiguration configuration, IDbContextFactory<EmailOpsDb> databases, NpgsqlDataSource source, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lazy<TriageSetup> _setup = new(() => TriageSetup.Load(options.Paths(CacheFolder(configuration)), clock));
    private volatile InForce? _current;

    /// <summary>One reference, so that readers never see half of a change.</summary>
    private sealed record InForce(TriagePipeline Pipeline, string Stamp, long LookedAt);

    public Taxonomy Taxonomy => _setup.Value.Taxonomy;

    /// <exception cref="TaxonomyException">A file of the team cannot be used; the message says which and what to change.</exception>
    public async Task<TriagePipeline> PipelineAsync(CancellationToken cancel)
    {
        if (_current is { } fresh && clock.GetElapsedTime(fresh.LookedAt) < options.RefreshEvery) return fresh.Pipeline;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_current is { } now && clock.GetElapsedTime(now.LookedAt) < options.RefreshEvery) return now.Pipeline;
            var stamp = await StampAsync(cancel);
            if (_current is { } known && known.Stamp == stamp)
            {
                _current = known with { LookedAt = clock.GetTimestamp() };
                return known.Pipeline;
            }
            var pipeline = _setup.Value.Pipeline(await ArticlesAsync(cancel));
            _current = new InForce(pipeline, stamp, clock.GetTimestamp());
            return pipeline;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Where trained models are kept: CACHE_DIR, else the state folder; null trains at every start.</summary>
    private static string? CacheFolder(IConfiguration configuration)
    {
        if (configuration["CACHE_DIR"] is { Length: > 0 } cache) return Path.Combine(cache, "models");
        return configuration["STATE_DIR"] is { Length: > 0 } state ? Path.Combine(state, "models") : null;
    }

    private async Task<string> StampAsync(CancellationToken cancel)
    {
        // Row versions, not dates: an article may be changed to an older date, or removed.
        await using var command = source.CreateCommand("select coalesce(md5(string_agg(id || ':' || xmin, ',' order by id)), '') from knowledge_article");
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<IReadOnlyList<KnowledgeArticle>> ArticlesAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = await db.Articles.AsNoTracking().OrderBy(a => a.Id).ToListAsync(cancel);
        return [.. rows.Select(r => r.Article())];
    }

    public void Dispose() => _turn.Dispose();
}
