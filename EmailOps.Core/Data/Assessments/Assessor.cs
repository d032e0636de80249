using System.Text;
using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Data.Assessments;

/// <summary>An assessment cannot be done as it was asked for; the message says what to change.</summary>
internal sealed class AssessmentException(string message) : Exception(message);

/// <summary>Does evaluations and replays, in a worker or in the command line.</summary>
internal sealed class Assessor(AssessmentStore store, ReplaySource past, TriageSource source, TriageFiles files, LearnedModels models, ReplayDesk desk, TimeProvider clock)
{
    private static readonly TimeSpan s_tellEvery = TimeSpan.FromSeconds(1);

    /// <summary>Does it and keeps the result, or why there is none.</summary>
    /// <param name="progress">Told (done, total), for a terminal; may be null.</param>
    public async Task<AssessmentView> RunAsync(AssessmentView asked, Guid owner, Action<int, int>? progress, CancellationToken cancel)
    {
        try
        {
            object result = asked.Kind == AssessmentKind.Evaluation ? await EvaluateAsync(asked, owner, progress, cancel) : await ReplayAsync(asked, owner, progress, cancel);
            await store.FinishAsync(asked.Id, owner, result, null, cancel);
        }
        catch (Exception failure) when (failure is TaxonomyException or AssessmentException or KeyNotFoundException)
        {
            await store.FinishAsync(asked.Id, owner, null, failure.Message, cancel);
        }
        return await store.FindAsync(asked.Id, cancel) ?? throw new InvalidOperationException($"Assessment {asked.Id} is gone.");
    }

    private async Task<EvaluationResult> EvaluateAsync(AssessmentView asked, Guid owner, Action<int, int>? progress, CancellationToken cancel)
    {
        var bytes = await store.InputAsync(asked.Id, cancel) ?? throw new AssessmentException("The labelled file is no longer kept.");
        var pipeline = await PipelineAsync(asked.MailboxId, asked.Asked.Model, cancel);
        var (rows, bad) = LabelledRows.Read(Encoding.UTF8.GetString(bytes), asked.Asked.File ?? "the file", source.Taxonomy);
        var tell = Teller(asked.Id, owner, rows.Count, progress, cancel);
        var round = await desk.OpenAsync(asked.Asked, asked.MailboxId, cancel);
        // On a thread of its own: it computes for as long as the file is.
        var result = await Task.Run(() => Evaluation.Run(pipeline, rows, bad, clock, done => tell(done, []).GetAwaiter().GetResult(), cancel,
            round is null ? null : (done, message, built) => AskAsync(round, message, built, () => tell(done, []), cancel).GetAwaiter().GetResult(), asked.MailboxId ?? 0), cancel);
        return round?.Result is { } asking ? result with { Asking = asking, ModelCalls = asking.Calls, Cost = asking.Cost } : result;
    }

    private async Task<ReplayResult> ReplayAsync(AssessmentView asked, Guid owner, Action<int, int>? progress, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        await store.ForgetChangesAsync(asked.Id, cancel);
        var input = await store.InputAsync(asked.Id, cancel);
        if (input is null && (asked.Asked.File ?? asked.Asked.Prompts?[0]) is { } gone) throw new AssessmentException($"What was to be tried ({gone}) is no longer kept.");
        var setup = input is not null && asked.Asked.Most is null ? Other(input, asked.Asked.File) : files.Setup;
        var round = await desk.OpenAsync(asked.Asked, input, cancel);
        var policy = await past.PolicyAsync(asked.Asked, cancel);
        var ids = await past.IdsAsync(asked.MailboxId, asked.Asked.Days ?? 7, cancel);
        var (run, listed) = (new ReplayRun(), 0);
        var tell = Teller(asked.Id, owner, ids.Count, progress, cancel);
        List<DecisionChange> changes = [];
        var (now, then) = ("", "");
        foreach (var some in ids.Chunk(200))
        {
            foreach (var message in await past.LoadAsync(some, cancel))
            {
                var mailbox = message.Message.MailboxId;
                var current = new ReplayWay(await source.PipelineAsync(mailbox, cancel), source.Taxonomy, p => p);
                var pipeline = ReferenceEquals(setup, files.Setup) && asked.Asked.Model is null ? current.Pipeline : await OtherAsync(setup, mailbox, asked.Asked.Model, cancel);
                (now, then) = (current.Pipeline.ModelVersion, pipeline.ModelVersion);
                var other = new ReplayWay(pipeline, setup.Taxonomy, p => policy(mailbox, p));
                var judged = ReplayRun.Judge(message, current, other);
                if (round is not null && await AskAsync(round, message, judged, () => tell(run.Messages, []), cancel) is var answered)
                {
                    if (answered is not { } both)
                    {
                        run.Leave();
                        continue;
                    }
                    judged = both;
                }
                if (run.Compare(message, current, other, judged.Before, judged.After) is { } change && listed + changes.Count < AssessmentStore.MostChanges) changes.Add(change);
            }
            listed += changes.Count;
            await tell(run.Messages, changes);
            changes = [];
        }
        var note = run.Changed > listed ? $"The first {listed:N0} of {run.Changed:N0} changes are listed." : null;
        return new ReplayResult(now, then, run.Messages, run.Changed, run.CategoriesChanged, run.PrioritiesChanged, run.Moves, clock.GetElapsedTime(began).TotalSeconds, note, round?.Result);
    }

    private Task<(TriageResult Before, TriageResult After)?> AskAsync(ReplayRound round, ReplayCase message, (TriageResult Before, TriageResult After) judged, Func<Task> tell, CancellationToken cancel)
        => KeepingAsync(lost => round.AnswerAsync(message, judged.Before, judged.After, lost), tell, cancel);

    private Task<TriageResult> AskAsync(EvaluationRound round, IncomingMessage message, TriageResult built, Func<Task> tell, CancellationToken cancel)
        => KeepingAsync(lost => round.AnswerAsync(message, built, lost), tell, cancel);

    /// <summary>An answer may take longer than the lease: it is kept meanwhile. When another process has it, nothing more is asked.</summary>
    private async Task<T> KeepingAsync<T>(Func<CancellationToken, Task<T>> ask, Func<Task> tell, CancellationToken cancel)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var asking = ask(lost.Token);
        try
        {
            while (!asking.IsCompleted && await Task.WhenAny(asking, Task.Delay(AssessmentStore.Lease / 3, clock, lost.Token)) != asking) await tell();
            var answered = await asking;
            await tell();
            return answered;
        }
        finally
        {
            // Ends the pause, and a question whose answer nobody may use any more.
            await lost.CancelAsync();
            await Task.WhenAny(asking);
        }
    }

    private readonly Dictionary<(TriageSetup, long, int), TriagePipeline> _others = [];

    private async Task<TriagePipeline> OtherAsync(TriageSetup setup, long mailboxId, int? model, CancellationToken cancel)
    {
        // With another taxonomy the labels differ, so only its own base model fits.
        var number = ReferenceEquals(setup, files.Setup) ? model ?? 0 : 0;
        if (_others.TryGetValue((setup, number == 0 ? 0 : mailboxId, number), out var made)) return made;
        if (_others.Count > 8) _others.Clear();
        return _others[(setup, number == 0 ? 0 : mailboxId, number)] = await source.OtherAsync(setup, number == 0 ? setup.Base : await models.GetAsync(mailboxId, number, cancel), cancel);
    }

    private async Task<TriagePipeline> PipelineAsync(long? mailboxId, int? model, CancellationToken cancel)
    {
        if (model is null or 0 || mailboxId is null)
            return model is null && mailboxId is { } box ? await source.PipelineAsync(box, cancel) : model is null or 0 ? await source.PipelineAsync(cancel) : throw new AssessmentException("A version belongs to a mailbox: name the mailbox too.");
        return await source.OtherAsync(files.Setup, await models.GetAsync(mailboxId.Value, model.Value, cancel), cancel);
    }

    private TriageSetup Other(byte[] taxonomy, string? name)
    {
        var path = Path.Combine(Path.GetTempPath(), $"taxonomy-{Guid.NewGuid():N}.yaml");
        try
        {
            File.WriteAllBytes(path, taxonomy);
            return files.With(path);
        }
        catch (TaxonomyException failure)
        {
            throw new AssessmentException(failure.Message.Replace(path, name ?? "the taxonomy", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Keeps the lease and says how far it is, at most once a second; changes are always kept.</summary>
    private Func<int, IReadOnlyCollection<DecisionChange>, Task> Teller(long id, Guid owner, int total, Action<int, int>? progress, CancellationToken cancel)
    {
        var told = clock.GetTimestamp();
        return async (done, changes) =>
        {
            progress?.Invoke(done, total);
            if (changes.Count == 0 && done < total && clock.GetElapsedTime(told) < s_tellEvery) return;
            told = clock.GetTimestamp();
            if (!await store.ProgressAsync(id, owner, done, total, changes, cancel)) throw new OperationCanceledException("Another process does it.");
        };
    }
}
