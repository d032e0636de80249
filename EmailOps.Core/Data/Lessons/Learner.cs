using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>
/// Makes a mailbox's next version from what people decided since: teaches it in milliseconds, measures it on the golden set, and puts it in force if nothing
/// got worse; else trains anew and measures that. The version, the decisions it dealt with and the end of the work items are one transaction: killed anywhere, the old
/// version stays in force and the items are done again.
/// </summary>
internal sealed class Learner(ModelStore store, LessonStore lessons, LearnedModels models, TriageFiles files, LearningOptions options, TimeProvider clock, ILogger<Learner> log)
{
    /// <summary>Another worker was faster this often: it is left to that one.</summary>
    private const int Attempts = 4;

    private sealed record Candidate(ModelVersionKind Kind, LearnedModel Model, IReadOnlyList<long> Lessons, byte[]? Bytes, Verdict Verdict, double Seconds);

    /// <param name="items">Work items of this mailbox that end with it.</param>
    /// <returns>The version made, adopted or not; null when there was nothing to learn.</returns>
    public async Task<NewVersion?> LearnAsync(long mailboxId, IReadOnlyCollection<WorkItem> items, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var state = await store.StateAsync(mailboxId, cancel);
            var made = options.Enabled && !state.IsPinned ? await NextAsync(mailboxId, state, cancel) : null;
            try
            {
                if (await store.SaveAsync(state, made?.Row(), items, cancel))
                {
                    if (made is { IsAdopted: true }) LessonLog.Adopted(log, mailboxId, made.Model.Number, made.Lessons.Count, made.Seconds);
                    else if (made is not null) LessonLog.Refused(log, mailboxId, made.Model.Number, made.Verdict.Reason);
                    return made;
                }
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation && attempt < Attempts)
            {
                LessonLog.Raced(log, mailboxId);
            }
            if (attempt == Attempts) throw new InvalidOperationException($"The model of mailbox {mailboxId} was changed by others {Attempts} times while it learned.");
        }
    }

    private async Task<NewVersion?> NextAsync(long mailboxId, ModelState state, CancellationToken cancel)
    {
        var all = await lessons.LoadAsync(mailboxId, cancel);
        var waiting = all.Where(l => l.LearnedIn is null).ToList();
        var inForce = GoldenSet.InForce([.. all.Select(l => l.Lesson)]);
        var facts = LearnedFacts.Of(inForce);
        var parent = await models.GetAsync(mailboxId, state.Number, cancel);
        if (waiting.Count == 0 && state.RetrainFor is null && Sql.Json(facts) == Sql.Json(parent.Facts)) return null;

        var golden = GoldenSet.Categories(inForce);
        var isNew = waiting.Select(l => l.Lesson.Id).ToHashSet();
        List<GoldenRow> rows = [.. files.Setup.Lessons.Rows(golden, isNew), .. files.Setup.Lessons.Reference];
        var before = GoldenSet.Judge(parent.Categories, rows);
        var taught = golden.Where(l => isNew.Contains(l.Id)).ToList();
        Candidate? next = null;
        if (state.RetrainFor is null && state.TaughtSince < options.RetrainAfter) next = Teach(mailboxId, state, parent, taught, facts, rows, before);
        if (next is not { Verdict.IsAdopted: true }) next = Train(mailboxId, state, golden, facts, rows, before);
        return new NewVersion(next.Kind, next.Model, state.Number == 0 ? null : state.Number, files.Setup.Model.Version, next.Lessons, [.. isNew], next.Bytes, next.Verdict, MadeBy(state, waiting), next.Seconds);
    }

    private Candidate Teach(long mailboxId, ModelState state, LearnedModel parent, List<Lesson> taught, LearnedFacts facts, List<GoldenRow> rows, JudgedRow[] before)
    {
        var began = clock.GetTimestamp();
        var model = LearnedModels.Teach(parent.Categories, files.Setup.Lessons.Of(taught), LearnedModels.VersionOf(files.Setup.Model.Version, mailboxId, state.NextNumber));
        var verdict = Verdict.Of(rows, before, GoldenSet.Judge(model, rows));
        return new Candidate(ModelVersionKind.Taught, new LearnedModel(state.NextNumber, model, facts), [.. taught.Select(l => l.Id)], null, verdict, clock.GetElapsedTime(began).TotalSeconds);
    }

    private Candidate Train(long mailboxId, ModelState state, List<Lesson> golden, LearnedFacts facts, List<GoldenRow> rows, JudgedRow[] before)
    {
        var began = clock.GetTimestamp();
        var version = LearnedModels.VersionOf(files.Setup.Model.Version, mailboxId, state.NextNumber);
        var bytes = ModelBytes.Write(files.Setup.Train(golden, version), models.Folder);
        // As it is read again: all processes judge with the same numbers.
        var model = ModelBytes.Read(bytes, models.Folder) ?? throw new InvalidDataException("A model that was just written cannot be read.");
        var verdict = Verdict.Of(rows, before, GoldenSet.Judge(model, rows));
        return new Candidate(ModelVersionKind.Trained, new LearnedModel(state.NextNumber, model, facts), [.. golden.Select(l => l.Id)], bytes, verdict, clock.GetElapsedTime(began).TotalSeconds);
    }

    private static string MadeBy(ModelState state, List<StoredLesson> waiting)
    {
        if (state.RetrainFor is { } reason) return reason;
        var people = waiting.Select(l => l.Actor).Distinct().ToList();
        return people.Count switch { 0 => "what was taken back", <= 3 => string.Join(", ", people), _ => $"{string.Join(", ", people.Take(3))} and {people.Count - 3} more" };
    }
}
