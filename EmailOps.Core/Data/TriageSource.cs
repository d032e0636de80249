using System.Collections.Concurrent;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// The pipelines in force, one a mailbox that learned something and one for the others: files loaded at first use, articles and model versions followed as
/// they change in the store. A version that another process adopted is announced, so it is in force here with the next message.
/// </summary>
internal sealed class TriageSource(TriageOptions options, TriageFiles files, LearnedModels models, IDbContextFactory<EmailOpsDb> databases, NpgsqlDataSource source, WakeUps wakeUps, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WakeUps.Subscription _adopted = wakeUps.Subscribe(LearnedModels.Channel);
    private volatile InForce? _current;

    /// <summary>One reference, so that readers never see half of a change.</summary>
    /// <param name="Versions">The version of each mailbox that has one of its own.</param>
    private sealed record InForce(KnowledgeIndex Knowledge, TriagePipeline Base, string Stamp, IReadOnlyDictionary<long, int> Versions, ConcurrentDictionary<long, TriagePipeline> Learned, long LookedAt);

    public Taxonomy Taxonomy => files.Setup.Taxonomy;

    /// <summary>Of mail that belongs to no mailbox.</summary>
    /// <exception cref="TaxonomyException">A file of the team cannot be used; the message says which and what to change.</exception>
    public async Task<TriagePipeline> PipelineAsync(CancellationToken cancel) => (await CurrentAsync(cancel)).Base;

    /// <summary>Of a mailbox, as its people taught it.</summary>
    public async Task<TriagePipeline> PipelineAsync(long mailboxId, CancellationToken cancel)
    {
        var current = await CurrentAsync(cancel);
        if (!current.Versions.TryGetValue(mailboxId, out var number)) return current.Base;
        if (current.Learned.TryGetValue(mailboxId, out var made)) return made;
        return current.Learned.GetOrAdd(mailboxId, files.Setup.Pipeline(current.Knowledge, await models.GetAsync(mailboxId, number, cancel)));
    }

    /// <summary>A pipeline over the articles in force with another setup or model, for evaluations and replays.</summary>
    public async Task<TriagePipeline> OtherAsync(TriageSetup setup, Triage.Lessons.LearnedModel? learned, CancellationToken cancel)
        => setup.Pipeline((await CurrentAsync(cancel)).Knowledge, learned);

    private bool IsFresh(InForce? current) => current is not null && !_adopted.Payloads.TryPeek(out _) && clock.GetElapsedTime(current.LookedAt) < options.RefreshEvery;

    private async Task<InForce> CurrentAsync(CancellationToken cancel)
    {
        if (_current is { } fresh && IsFresh(fresh)) return fresh;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_current is { } now && IsFresh(now)) return now;
            // Taken before looking: what is announced from here on is looked for again.
            while (_adopted.Payloads.TryRead(out _)) { _ = 0; }
            var (stamp, versions) = (await StampAsync(cancel), await models.InForceAsync(cancel));
            var known = _current;
            var knowledge = known?.Stamp == stamp ? known.Knowledge : new KnowledgeIndex(await ArticlesAsync(cancel));
            var kept = known?.Stamp == stamp ? known.Learned.Where(l => versions.TryGetValue(l.Key, out var number) && known.Versions.GetValueOrDefault(l.Key) == number) : [];
            return _current = new InForce(knowledge, known?.Stamp == stamp ? known.Base : files.Setup.Pipeline(knowledge), stamp, versions, new(kept), clock.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
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

    public void Dispose()
    {
        _adopted.Dispose();
        _turn.Dispose();
    }
}
