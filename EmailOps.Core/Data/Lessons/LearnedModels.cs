using System.Collections.Concurrent;
using System.Globalization;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Lessons;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>
/// The models of mailboxes in this process, made from what versions say they are: the base model or stored bytes, and what was taught on top. The same
/// version is the same model in every process.
/// </summary>
internal sealed class LearnedModels(NpgsqlDataSource source, LessonStore lessons, TriageFiles files, IConfiguration configuration) : IDisposable
{
    /// <summary>Channel on which a newly adopted version is announced; the payload is the mailbox's id.</summary>
    public const string Channel = "emailops_model";
    /// <summary>Models kept in memory; the oldest go first. Each is some megabytes.</summary>
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<(long Mailbox, int Number), LearnedModel> _made = new();
    private readonly ConcurrentQueue<(long Mailbox, int Number)> _order = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    private sealed record Step(int Number, int? Parent, bool IsTrained, string Base, long[] Lessons, LearnedFacts Facts);

    public static string VersionOf(string baseVersion, long mailboxId, int number) => string.Create(CultureInfo.InvariantCulture, $"{baseVersion}+{mailboxId}.{number}");

    /// <summary>The versions of each mailbox that has any of its own.</summary>
    public async Task<IReadOnlyDictionary<long, VersionsInForce>> InForceAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, """
            select mailbox_id, coalesce(max(number) filter (where topic = 'Categories'), 0), coalesce(max(number) filter (where topic = 'Labels'), 0)
            from mailbox_model where number is not null group by mailbox_id
            """, [], r => (Mailbox: r.GetInt64(0), Versions: new VersionsInForce(r.GetInt32(1), r.GetInt32(2))), cancel)).ToDictionary(r => r.Mailbox, r => r.Versions);
    }

    /// <exception cref="KeyNotFoundException">The mailbox has no such version.</exception>
    public async Task<LearnedModel> GetAsync(long mailboxId, int number, CancellationToken cancel)
    {
        if (number == 0) return files.Setup.Base;
        if (_made.TryGetValue((mailboxId, number), out var made)) return made;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_made.TryGetValue((mailboxId, number), out made)) return made;
            return Keep(mailboxId, await MakeAsync(mailboxId, number, cancel));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Puts a version that was made here where the others find it.</summary>
    public LearnedModel Keep(long mailboxId, LearnedModel model)
    {
        if (_made.TryAdd((mailboxId, model.Number), model)) _order.Enqueue((mailboxId, model.Number));
        while (_made.Count > MostKept && _order.TryDequeue(out var oldest)) _made.TryRemove(oldest, out _);
        return model;
    }

    private async Task<LearnedModel> MakeAsync(long mailboxId, int number, CancellationToken cancel)
    {
        var chain = await ChainAsync(mailboxId, number, cancel);
        if (chain.Count == 0) throw new KeyNotFoundException($"Mailbox {mailboxId} has no version {number}.");
        // From the nearest model that is at hand, upwards.
        var at = chain.FindIndex(s => _made.ContainsKey((mailboxId, s.Number)));
        LearnedModel? model = null;
        if (at >= 0) model = _made[(mailboxId, chain[at].Number)];
        else if (chain[^1].IsTrained) (model, at) = (await TrainedAsync(mailboxId, chain[^1], cancel), chain.Count - 1);
        else (model, at) = (files.Setup.Base, chain.Count);
        for (var i = at - 1; i >= 0; i--)
        {
            var step = chain[i];
            var texts = files.Setup.Lessons.Of(await lessons.FindAsync(step.Lessons, cancel));
            model = new LearnedModel(step.Number, Teach(model.Categories, texts, VersionOf(step.Base, mailboxId, step.Number)), step.Facts);
        }
        return model;
    }

    /// <summary>Teaches texts, as many at once as a step may.</summary>
    public static TextModel Teach(TextModel model, IReadOnlyList<TrainingText> texts, string version)
    {
        if (texts.Count == 0) return new TextModel(model.Parts with { Version = version });
        foreach (var some in texts.Chunk(OnlineStep.MostTexts)) model = OnlineStep.Teach(model, some, version).Model;
        return model;
    }

    /// <summary>From its bytes; where those are gone or of another format, from its recipe.</summary>
    private async Task<LearnedModel> TrainedAsync(long mailboxId, Step step, CancellationToken cancel)
    {
        var version = VersionOf(step.Base, mailboxId, step.Number);
        if (step.Base == files.Setup.Model.Version)
        {
            if (await BytesAsync(mailboxId, step.Number, cancel) is { } bytes && ModelBytes.Read(bytes, Folder) is { } read && read.Version == version) return new LearnedModel(step.Number, read, step.Facts);
            return new LearnedModel(step.Number, files.Setup.Train(await lessons.FindAsync(step.Lessons, cancel), version), step.Facts);
        }
        // Taxonomy or examples have changed since: what people taught is taught to the new base, until the worker has trained anew.
        var texts = files.Setup.Lessons.Of(await lessons.FindAsync(step.Lessons, cancel));
        return new LearnedModel(step.Number, Teach(files.Setup.Model, texts, VersionOf(files.Setup.Model.Version, mailboxId, step.Number)), step.Facts);
    }

    public string Folder => TriageFiles.CacheFolder(configuration) ?? Path.GetTempPath();

    private async Task<List<Step>> ChainAsync(long mailboxId, int number, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            with recursive chain as (
                select number, parent, kind, base, lessons, learned from model_version where mailbox_id = $1 and topic = 'Categories' and number = $2
                union all
                select v.number, v.parent, v.kind, v.base, v.lessons, v.learned from chain c join model_version v on v.mailbox_id = $1 and v.topic = 'Categories' and v.number = c.parent where c.kind = 'Taught')
            select number, parent, kind, base, lessons, learned from chain order by number desc
            """, [mailboxId, number],
            r => new Step(r.GetInt32(0), r.IsDBNull(1) ? null : r.GetInt32(1), r.GetString(2) == "Trained", r.GetString(3), r.GetFieldValue<long[]>(4), Sql.FromJson<LearnedFacts>(r.GetString(5))), cancel);
    }

    private Task<byte[]?> BytesAsync(long mailboxId, int number, CancellationToken cancel) => ModelBytes.FindAsync(source, mailboxId, Contracts.ModelTopic.Categories, number, cancel);

    public void Dispose() => _turn.Dispose();
}

/// <summary>The versions in force in a mailbox; 0: none of its own.</summary>
internal readonly record struct VersionsInForce(int Categories, int Labels);
