using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Learning.Labels;
using EmailOps.Core.Triage.Labels;
using Npgsql;

namespace EmailOps.Core.Data.Labels;

/// <summary>The label models of mailboxes in this process: from the bytes of a version, else trained again from the lessons it names. The same version is the same model everywhere.</summary>
internal sealed class LabelModels(NpgsqlDataSource source, LabelLessons lessons, TimeProvider clock) : IDisposable
{
    /// <summary>How label models are made; raised when that changes, so that bytes of an older program are not used.</summary>
    public const string Method = "labels-1";
    /// <summary>Models kept in memory; the oldest go first.</summary>
    private const int MostKept = 16;
    /// <summary>Fewer buckets than for categories: a mailbox has hundreds of labelled messages, and up to forty weights a bucket.</summary>
    private static readonly LabelSettings s_settings = new() { Bits = 17 };

    private readonly ConcurrentDictionary<(long Mailbox, int Number), LearnedLabels> _made = new();
    private readonly ConcurrentQueue<(long Mailbox, int Number)> _order = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <exception cref="KeyNotFoundException">The mailbox has no such version.</exception>
    public async Task<LearnedLabels> GetAsync(long mailboxId, int number, CancellationToken cancel)
    {
        if (number == 0) return LearnedLabels.None;
        if (_made.TryGetValue((mailboxId, number), out var made)) return made;
        await _turn.WaitAsync(cancel);
        try
        {
            return _made.TryGetValue((mailboxId, number), out made) ? made : Keep(mailboxId, await ReadAsync(mailboxId, number, cancel));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What a version knows beside its weights, without making it.</summary>
    public async Task<LabelCard> CardAsync(long mailboxId, int number, CancellationToken cancel)
    {
        if (number == 0) return LabelCard.None;
        if (_made.TryGetValue((mailboxId, number), out var made)) return made.Card;
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select learned from model_version where mailbox_id = $1 and topic = 'Labels' and number = $2", [mailboxId, number], r => Sql.FromJson<LabelCard>(r.GetString(0)), cancel)
            is [var card] ? card : LabelCard.None;
    }

    /// <summary>The labels that the version in force proposes.</summary>
    public async Task<IReadOnlyList<long>> ProposedAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var number = await Sql.QueryAsync(connection, "select coalesce(number, 0) from mailbox_model where mailbox_id = $1 and topic = 'Labels'", [mailboxId], r => r.GetInt32(0), cancel);
        return number is [> 0 and var inForce] ? (await CardAsync(mailboxId, inForce, cancel)).Labels : [];
    }

    public static (LabelModel Model, float[][] HeldOut) Train(IReadOnlyList<TeamLabel> labels, IReadOnlyList<LabelledText> texts, TimeProvider clock)
        => LabelTrainer.Measure([.. labels.Select(l => $"{l.Id}")], texts, Method, clock, s_settings);

    public static byte[] Write(LabelModel model)
    {
        using var bytes = new MemoryStream();
        LabelModelFile.Write(model.Parts, bytes);
        return bytes.ToArray();
    }

    private LearnedLabels Keep(long mailboxId, LearnedLabels made)
    {
        if (_made.TryAdd((mailboxId, made.Number), made)) _order.Enqueue((mailboxId, made.Number));
        while (_made.Count > MostKept && _order.TryDequeue(out var oldest)) _made.TryRemove(oldest, out _);
        return made;
    }

    private async Task<LearnedLabels> ReadAsync(long mailboxId, int number, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, "select base, lessons, learned from model_version where mailbox_id = $1 and topic = 'Labels' and number = $2", [mailboxId, number],
            r => (Base: r.GetString(0), Lessons: r.GetFieldValue<long[]>(1), Card: Sql.FromJson<LabelCard>(r.GetString(2))), cancel);
        if (rows is not [var version]) throw new KeyNotFoundException($"Mailbox {mailboxId} has no version {number} of its labels.");
        if (version.Card.Labels.Count == 0) return new LearnedLabels(number, null, version.Card);
        if (version.Base == Method && await ModelBytes.FindAsync(source, mailboxId, ModelTopic.Labels, number, cancel) is { } bytes && Parse(bytes) is { } model && model.Labels.Count == version.Card.Labels.Count)
            return new LearnedLabels(number, model, version.Card);
        // In the order of the version; when each was made matters for what people left off since.
        var found = (await LabelStore.LoadAsync(connection, mailboxId, cancel)).ToDictionary(l => l.Id);
        List<TeamLabel> labels = [.. version.Card.Labels.Where(found.ContainsKey).Select(id => found[id])];
        var examples = new LabelExamples(await lessons.FindAsync(version.Lessons, cancel)).Of(labels);
        var (_, texts) = await lessons.TextsAsync(examples, cancel);
        // A label that was removed with its mailbox's data leaves nothing to learn from.
        if (labels.Count < version.Card.Labels.Count || texts.Count == 0) return new LearnedLabels(number, null, LabelCard.None);
        return new LearnedLabels(number, Train(labels, texts, clock).Model, version.Card);
    }

    private static LabelModel? Parse(byte[] bytes)
    {
        try
        {
            return new LabelModel(LabelModelFile.Read(bytes, "A stored version"));
        }
        catch (InvalidDataException)
        {
            // Of another format: made again from the recipe.
            return null;
        }
    }

    public void Dispose() => _turn.Dispose();
}
