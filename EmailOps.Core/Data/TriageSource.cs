using System.Collections.Concurrent;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Drafts;
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
internal sealed class TriageSource(TriageOptions options, TriageFiles files, LearnedModels models, LabelModels labels, ReplySource replies, IDbContextFactory<EmailOpsDb> databases, NpgsqlDataSource source, WakeUps wakeUps, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WakeUps.Subscription _adopted = wakeUps.Subscribe(LearnedModels.Channel);
    private readonly WakeUps.Subscription _saved = wakeUps.Subscribe(MailboxStore.Channel);
    private volatile InForce? _current;

    /// <summary>One reference, so that readers never see half of a change.</summary>
    /// <param name="Versions">The versions of each mailbox that has any of its own.</param>
    private sealed record InForce(KnowledgeIndex Knowledge, TriagePipeline Base, string Stamp, IReadOnlyDictionary<long, VersionsInForce> Versions, IReadOnlyDictionary<long, ReplyTemplates> Replies, ConcurrentDictionary<long, TriagePipeline> Learned, long LookedAt);

    public Taxonomy Taxonomy => files.Setup.Taxonomy;

    /// <summary>Of mail that belongs to no mailbox.</summary>
    /// <exception cref="TaxonomyException">A file of the team cannot be used; the message says which and what to change.</exception>
    public async Task<TriagePipeline> PipelineAsync(CancellationToken cancel) => (await CurrentAsync(cancel)).Base;

    /// <summary>Of a mailbox, as its people taught it.</summary>
    public async Task<TriagePipeline> PipelineAsync(long mailboxId, CancellationToken cancel) => await PipelineAsync(await CurrentAsync(cancel), mailboxId, cancel);

    /// <summary>The same, with the versions it is made of.</summary>
    public async Task<(TriagePipeline Pipeline, VersionsInForce Versions)> JudgeAsync(long mailboxId, CancellationToken cancel)
    {
        var current = await CurrentAsync(cancel);
        return (await PipelineAsync(current, mailboxId, cancel), current.Versions.GetValueOrDefault(mailboxId));
    }

    private async Task<TriagePipeline> PipelineAsync(InForce current, long mailboxId, CancellationToken cancel)
    {
        var (versions, replies) = (current.Versions.GetValueOrDefault(mailboxId), current.Replies.GetValueOrDefault(mailboxId));
        if (versions == default && replies is null) return current.Base;
        if (current.Learned.TryGetValue(mailboxId, out var made)) return made;
        var learned = await models.GetAsync(mailboxId, versions.Categories, cancel);
        return current.Learned.GetOrAdd(mailboxId, files.Setup.Pipeline(current.Knowledge, learned, versions.Labels == 0 ? null : await labels.GetAsync(mailboxId, versions.Labels, cancel), replies));
    }

    /// <summary>A pipeline over the articles in force with another setup or model, for evaluations and replays.</summary>
    public async Task<TriagePipeline> OtherAsync(TriageSetup setup, Triage.Lessons.LearnedModel? learned, CancellationToken cancel)
        => setup.Pipeline((await CurrentAsync(cancel)).Knowledge, learned);

    /// <summary>How replies of a mailbox begin and end.</summary>
    public async Task<ReplyTemplates> RepliesAsync(long mailboxId, CancellationToken cancel) => (await CurrentAsync(cancel)).Replies.GetValueOrDefault(mailboxId, Taxonomy.Reply);

    private bool IsFresh(InForce? current) => current is not null && !_adopted.Payloads.TryPeek(out _) && !_saved.Payloads.TryPeek(out _) && clock.GetElapsedTime(current.LookedAt) < options.RefreshEvery;

    private async Task<InForce> CurrentAsync(CancellationToken cancel)
    {
        if (_current is { } fresh && IsFresh(fresh)) return fresh;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_current is { } now && IsFresh(now)) return now;
            // Taken before looking: what is announced from here on is looked for again.
            while (_adopted.Payloads.TryRead(out _) || _saved.Payloads.TryRead(out _)) { _ = 0; }
            var (stamp, versions, words) = (await StampAsync(cancel), await models.InForceAsync(cancel), await replies.LoadAsync(cancel));
            var known = _current;
            var knowledge = known?.Stamp == stamp ? known.Knowledge : new KnowledgeIndex(await ArticlesAsync(cancel));
            var kept = known?.Stamp == stamp ? known.Learned.Where(l => known.Versions.GetValueOrDefault(l.Key) == versions.GetValueOrDefault(l.Key)
                && ReferenceEquals(known.Replies.GetValueOrDefault(l.Key), words.GetValueOrDefault(l.Key))) : [];
            return _current = new InForce(knowledge, known?.Stamp == stamp ? known.Base : files.Setup.Pipeline(knowledge), stamp, versions, words, new(kept), clock.GetTimestamp());
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
        _saved.Dispose();
        _turn.Dispose();
    }
}
