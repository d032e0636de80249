using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Triage.Labels;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>What people see of models and order about them. Each order leaves an audit entry and is conditional on the revision they saw.</summary>
internal sealed class ModelPeople(NpgsqlDataSource source, LessonStore lessons, LabelLessons labelLessons, TriageFiles files)
{
    private const int MostHistory = 200;

    /// <returns>Null: there is no such mailbox.</returns>
    public async Task<ModelView?> FindAsync(long mailboxId, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var address = await Sql.QueryAsync(connection, "select address from mailbox where id = $1", [mailboxId], r => r.GetString(0), cancel);
        if (address is not [var name]) return null;
        var state = await ModelStore.StateAsync(connection, mailboxId, cancel, topic);
        var history = await Sql.QueryAsync(connection, """
            select number, parent, kind, base, cardinality(lessons), before, after, adopted, verdict, made_by, made_at, seconds, learned from model_version
            where mailbox_id = $1 and topic = $3 order by number desc limit $2
            """, [mailboxId, MostHistory, topic.ToString()], r => Read(r, state.Number, topic), cancel);
        if (topic == ModelTopic.Labels)
        {
            var said = await labelLessons.LoadAsync(mailboxId, cancel);
            return new ModelView(mailboxId, name, state.Number, state.Number == 0 ? "none" : $"labels-{mailboxId}.{state.Number}", state.IsPinned, said.Count(l => l.LabelId is not null && l.IsWaiting),
                said.Where(l => l.LabelId is not null).Select(l => l.MessageId).Distinct().Count(), state.RetrainFor, state.Revision, history, topic);
        }
        var all = await lessons.LoadAsync(mailboxId, cancel);
        var golden = GoldenSet.Categories(GoldenSet.InForce([.. all.Select(l => l.Lesson)])).Count;
        return new ModelView(mailboxId, name, state.Number, state.Number == 0 ? files.Setup.Model.Version : LearnedModels.VersionOf(history.Find(v => v.IsInForce)?.Base ?? files.Setup.Model.Version, mailboxId, state.Number),
            state.IsPinned, all.Count(l => l.LearnedIn is null), golden, state.RetrainFor, state.Revision, history);
    }

    public async Task<long?> MailboxAsync(string address, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select id from mailbox where address = $1", [address.Trim().ToLowerInvariant()], r => (long?)r.GetInt64(0), cancel) is [var id] ? id : null;
    }

    /// <summary>Puts any version in force, older, newer or once refused.</summary>
    /// <param name="revision">The one that was seen; null: whatever is there.</param>
    public Task<WriteOutcome> RollBackAsync(long mailboxId, int? revision, int number, bool pin, string actor, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
        => WriteAsync(mailboxId, topic, revision, actor, "rollback", async connection =>
        {
            if (number != 0 && await Sql.QueryAsync(connection, "select number from model_version where mailbox_id = $1 and topic = $3 and number = $2", [mailboxId, number, topic.ToString()], r => r.GetInt32(0), cancel) is []) return null;
            await Sql.ExecuteAsync(connection, "update mailbox_model set number = nullif($2, 0), is_pinned = $3, retrain_for = null where mailbox_id = $1 and topic = $4", [mailboxId, number, pin, topic.ToString()], cancel);
            return $"{(number > 0 ? $"Version {number}" : topic == ModelTopic.Labels ? "No label model" : "The base model")} is in force{(pin ? ", and held there" : "")}.";
        }, cancel);

    /// <summary>Holds what is in force, or lets it learn again what waited.</summary>
    public Task<WriteOutcome> PinAsync(long mailboxId, int? revision, bool pin, string actor, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
        => WriteAsync(mailboxId, topic, revision, actor, pin ? "pin" : "unpin", async connection =>
        {
            await Sql.ExecuteAsync(connection, "update mailbox_model set is_pinned = $2 where mailbox_id = $1 and topic = $3", [mailboxId, pin, topic.ToString()], cancel);
            if (!pin) await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, 0, mailboxId, 8)], cancel);
            return pin ? "What is in force is held." : "It learns again.";
        }, cancel);

    /// <returns><see cref="WriteOutcome.WrongState"/> when the model is pinned.</returns>
    public Task<WriteOutcome> RetrainAsync(long mailboxId, int? revision, string actor, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
        => WriteAsync(mailboxId, topic, revision, actor, "retrain", connection => RetrainAsync(connection, mailboxId, topic, $"asked for by {actor}", cancel), cancel);

    /// <returns>What was done; null when the model is pinned.</returns>
    private static async Task<string?> RetrainAsync(NpgsqlConnection connection, long mailboxId, ModelTopic topic, string reason, CancellationToken cancel)
    {
        if (await Sql.ExecuteAsync(connection, "update mailbox_model set retrain_for = $2, revision = revision + 1 where mailbox_id = $1 and topic = $3 and not is_pinned", [mailboxId, reason, topic.ToString()], cancel) == 0) return null;
        await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Learning, 0, mailboxId, 3)], cancel);
        return topic == ModelTopic.Labels ? "The labels are trained anew from everything people said of them." : "It is trained anew from the examples and everything people taught.";
    }

    private async Task<WriteOutcome> WriteAsync(long mailboxId, ModelTopic topic, int? revision, string actor, string action, Func<NpgsqlConnection, Task<string?>> write, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select id from mailbox where id = $1", [mailboxId], r => r.GetInt64(0), cancel) is []) return WriteOutcome.NotFound;
        await Sql.ExecuteAsync(connection, "insert into mailbox_model (mailbox_id, topic) values ($1, $2) on conflict do nothing", [mailboxId, topic.ToString()], cancel);
        if (await Sql.ExecuteAsync(connection, "update mailbox_model set revision = revision + 1 where mailbox_id = $1 and topic = $3 and ($2::int is null or revision = $2::int)", [mailboxId, revision, topic.ToString()], cancel) == 0) return WriteOutcome.VersionConflict;
        if (await write(connection) is not { } done) return WriteOutcome.WrongState;
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'mailbox', $3, $4)", [actor, $"{(topic == ModelTopic.Labels ? "labels" : "model")}.{action}", mailboxId, done], cancel);
        await ModelStore.AnnounceAsync(connection, mailboxId, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    private static ModelVersionView Read(NpgsqlDataReader row, int inForce, ModelTopic topic)
    {
        var (before, after) = (Sql.FromJson<StoredScore>(row.GetString(5)), Sql.FromJson<StoredScore>(row.GetString(6)));
        var isLabels = topic == ModelTopic.Labels;
        var facts = isLabels ? LearnedFacts.None : Sql.FromJson<LearnedFacts>(row.GetString(12));
        return new ModelVersionView(row.GetInt32(0), row.IsDBNull(1) ? null : row.GetInt32(1), Enum.Parse<ModelVersionKind>(row.GetString(2)), row.GetString(3), row.GetInt32(4), before.Score, after.Score, after.Changes,
            row.GetBoolean(7), row.GetString(8), row.GetString(9), row.GetFieldValue<DateTimeOffset>(10), row.GetDouble(11), row.GetInt32(0) == inForce,
            facts.Priorities, facts.Answers.Where(a => a.Value.Factor < 1).ToDictionary(a => a.Key, a => a.Value.Factor))
        {
            Labels = isLabels ? Sql.FromJson<LabelCard>(row.GetString(12)).Score : null,
        };
    }
}
