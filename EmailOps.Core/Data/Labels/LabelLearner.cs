using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Triage.Labels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data.Labels;

/// <summary>
/// Makes the next version of a mailbox's label model from what people labelled since: trained whole, in about a second, measured on all that people said of labels, and put in
/// force if that gets no worse. A label with too few messages is left out and the rest is learned. Versions, holds and ways back are those of categories, under another topic.
/// </summary>
internal sealed class LabelLearner(NpgsqlDataSource source, ModelStore store, LabelLessons lessons, LabelModels models, LearningOptions options, TimeProvider clock, ILogger<Learner> log)
{
    /// <summary>Another worker was faster this often: it is left to that one.</summary>
    private const int Attempts = 4;

    /// <returns>The version made, adopted or not; null when there was nothing to learn.</returns>
    public async Task<VersionRow?> LearnAsync(long mailboxId, CancellationToken cancel)
    {
        // One look, and nothing more where nobody labels.
        List<TeamLabel> labels;
        await using (var connection = await source.OpenConnectionAsync(cancel)) labels = await LabelStore.LoadAsync(connection, mailboxId, cancel);
        if (labels.Count == 0 || !options.Enabled) return null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var state = await store.StateAsync(mailboxId, cancel, ModelTopic.Labels);
            if (state.IsPinned) return null;
            var made = await NextAsync(mailboxId, state, [.. labels.Where(l => !l.IsRetired)], cancel);
            if (made is null) return null;
            try
            {
                if (await store.SaveAsync(state, made, [], cancel))
                {
                    if (made.IsAdopted) LessonLog.LabelsAdopted(log, mailboxId, made.Number, made.Lessons.Count, made.Seconds);
                    else LessonLog.LabelsRefused(log, mailboxId, made.Number, made.Reason);
                    return made;
                }
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                LessonLog.Raced(log, mailboxId);
            }
        }
        throw new InvalidOperationException($"The label model of mailbox {mailboxId} was changed by others {Attempts} times while it learned.");
    }

    private async Task<VersionRow?> NextAsync(long mailboxId, ModelState state, List<TeamLabel> labels, CancellationToken cancel)
    {
        var all = await lessons.LoadAsync(mailboxId, cancel);
        var waiting = all.Where(l => l.LabelId is not null && l.IsWaiting).ToList();
        var said = new LabelExamples(all);
        var enough = labels.Where(l => said.Count(l).IsEnough).OrderBy(l => l.Id).ToList();
        // Of the newest version, also one that was refused or that people went back from: the same is not made again and again.
        var isSame = enough.Select(l => l.Id).SequenceEqual((await models.CardAsync(mailboxId, state.NextNumber - 1, cancel)).Labels);
        if (isSame && (enough.Count == 0 || waiting.Count == 0 && state.RetrainFor is null))
        {
            if (waiting.Count > 0 || state.RetrainFor is not null) await store.SettleAsync(state, [.. waiting.Select(l => l.Id)], cancel);
            return null;
        }
        var began = clock.GetTimestamp();
        var parent = await models.GetAsync(mailboxId, state.Number, cancel);
        var (examples, texts) = await lessons.TextsAsync(said.Of(enough), cancel);
        var (made, verdict, bytes) = enough.Count == 0 ? Nothing(state.NextNumber) : Train(state.NextNumber, enough, examples, texts, parent);
        var people = waiting.Select(l => l.Actor).Distinct().Take(3).ToList();
        return new VersionRow(ModelVersionKind.Trained, made.Number, state.Number == 0 ? null : state.Number, LabelModels.Method, [.. all.Select(l => l.Id)], [.. waiting.Select(l => l.Id)], bytes, verdict.IsAdopted,
            verdict.Reason, Sql.Json(made.Card), verdict.Before, verdict.After, verdict.Changes,
            state.RetrainFor ?? (people.Count > 0 ? string.Join(", ", people) : "other labels"), clock.GetElapsedTime(began).TotalSeconds);
    }

    private (LearnedLabels Made, LabelVerdict Verdict, byte[] Bytes) Train(int number, List<TeamLabel> labels, List<LabelExample> examples, List<Learning.Labels.LabelledText> texts, LearnedLabels parent)
    {
        var (model, heldOut) = LabelModels.Train(labels, texts, clock);
        var threshold = options.ProposeLabelsFrom;
        var made = new LearnedLabels(number, model, new LabelCard([.. labels.Select(l => l.Id)], threshold, LabelScores.Of(labels, texts, heldOut, threshold)));
        return (made, LabelVerdict.Of(labels, examples, texts, parent, made), LabelModels.Write(model));
    }

    /// <summary>No label has enough messages any more, because the last one was retired or taken back: a version that proposes nothing.</summary>
    private static (LearnedLabels Made, LabelVerdict Verdict, byte[]? Bytes) Nothing(int number)
        => (new LearnedLabels(number, null, LabelCard.None), new LabelVerdict(true, "No label has enough messages: nothing is proposed.", ScoreView.None, ScoreView.None, []), null);
}
