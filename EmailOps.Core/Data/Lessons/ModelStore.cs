using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>What is in force in a mailbox.</summary>
/// <param name="Number">Of the version in force; 0: the base model.</param>
/// <param name="NextNumber">Of the next version.</param>
/// <param name="RetrainFor">Why it is to be trained anew; null: it is not.</param>
/// <param name="TaughtSince">Versions taught on top of the last trained one.</param>
internal sealed record ModelState(long MailboxId, int Number, int NextNumber, bool IsPinned, string? RetrainFor, int TaughtSince, int Revision, ModelTopic Topic = ModelTopic.Categories);

/// <summary>A version about to be stored.</summary>
/// <param name="Lessons">What it was taught in this step.</param>
/// <param name="DealtWith">Lessons that need no other version.</param>
internal sealed record NewVersion(ModelVersionKind Kind, LearnedModel Model, int? Parent, string Base, IReadOnlyList<long> Lessons, IReadOnlyList<long> DealtWith, byte[]? Bytes, Verdict Verdict, string MadeBy, double Seconds)
{
    public bool IsAdopted => Verdict.IsAdopted;

    public VersionRow Row() => new(Kind, Model.Number, Parent, Base, Lessons, DealtWith, Bytes, IsAdopted, Verdict.Reason, Sql.Json(Model.Facts), Verdict.Before, Verdict.After, Verdict.Changes, MadeBy, Seconds);
}

/// <summary>A version as it is stored, of whatever topic.</summary>
/// <param name="Learned">JSON of what it knows beside its bytes.</param>
internal sealed record VersionRow(ModelVersionKind Kind, int Number, int? Parent, string Base, IReadOnlyList<long> Lessons, IReadOnlyList<long> DealtWith, byte[]? Bytes, bool IsAdopted, string Reason, string Learned,
    ScoreView Before, ScoreView After, IReadOnlyList<ModelChange> Changes, string MadeBy, double Seconds);

/// <summary>Versions of models and which is in force. Writes are conditional on the revision that was read.</summary>
internal sealed class ModelStore(NpgsqlDataSource source)
{
    /// <summary>Trained versions of a mailbox that keep their bytes; older ones are made again from their recipe.</summary>
    private const int KeptBytes = 5;

    public async Task<ModelState> StateAsync(long mailboxId, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await StateAsync(connection, mailboxId, cancel, topic);
    }

    internal static async Task<ModelState> StateAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
    {
        await Sql.ExecuteAsync(connection, "insert into mailbox_model (mailbox_id, topic) select id, $2 from mailbox where id = $1 on conflict do nothing", [mailboxId, topic.ToString()], cancel);
        var rows = await Sql.QueryAsync(connection, """
            select coalesce(s.number, 0), coalesce((select max(number) from model_version where mailbox_id = $1 and topic = $2), 0) + 1, s.is_pinned, s.retrain_for,
                   (with recursive chain as (
                       select number, parent, kind from model_version where mailbox_id = $1 and topic = $2 and number = s.number
                       union all select v.number, v.parent, v.kind from chain c join model_version v on v.mailbox_id = $1 and v.topic = $2 and v.number = c.parent where c.kind = 'Taught')
                    select count(*)::int from chain where kind = 'Taught'), s.revision
            from mailbox_model s where s.mailbox_id = $1 and s.topic = $2
            """, [mailboxId, topic.ToString()], r => new ModelState(mailboxId, r.GetInt32(0), r.GetInt32(1), r.GetBoolean(2), r.IsDBNull(3) ? null : r.GetString(3), r.GetInt32(4), r.GetInt32(5), topic), cancel);
        return rows is [var state] ? state : throw new KeyNotFoundException($"There is no mailbox {mailboxId}.");
    }

    /// <summary>Stores a version, puts it in force when it was adopted, and ends the work items, all or nothing.</summary>
    /// <param name="made">Null: there was nothing to learn.</param>
    /// <returns>False when somebody changed the mailbox's model since <paramref name="state"/> was read; nothing was written.</returns>
    public async Task<bool> SaveAsync(ModelState state, VersionRow? made, IReadOnlyCollection<WorkItem> items, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, items, cancel);
        if (made is not null)
        {
            var changed = await Sql.ExecuteAsync(connection, """
                update mailbox_model set number = case when $3 then $4 else number end, retrain_for = null, retrained_at = case when $5 then now() else retrained_at end, revision = revision + 1
                where mailbox_id = $1 and topic = $6 and revision = $2 and not is_pinned
                """, [state.MailboxId, state.Revision, made.IsAdopted, made.Number, made.Kind == ModelVersionKind.Trained, state.Topic.ToString()], cancel);
            if (changed == 0) return false;
            await InsertAsync(connection, state.MailboxId, state.Topic, made, cancel);
            await AnnounceAsync(connection, state.MailboxId, cancel);
        }
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, long mailboxId, ModelTopic topic, VersionRow made, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, """
            insert into model_version (mailbox_id, number, parent, kind, base, lessons, learned, before, after, adopted, verdict, made_by, made_at, seconds, sha256, bytes, topic)
            values ($1, $2, $3::int, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11, $12, now(), $13, $14::bytea, $15::bytea, $16)
            """,
            [mailboxId, made.Number, made.Parent, made.Kind.ToString(), made.Base, made.Lessons.ToArray(), made.Learned, Sql.Json(new StoredScore(made.Before, [])),
                Sql.Json(new StoredScore(made.After, made.Changes)), made.IsAdopted, made.Reason, made.MadeBy, made.Seconds,
                made.Bytes is { } bytes ? System.Security.Cryptography.SHA256.HashData(bytes) : null, made.Bytes, topic.ToString()], cancel);
        await DealWithAsync(connection, made.DealtWith, made.Number, cancel);
        await Sql.ExecuteAsync(connection, """
            update model_version set bytes = null where mailbox_id = $1 and topic = $3 and bytes is not null
                and number not in (select number from model_version where mailbox_id = $1 and topic = $3 and bytes is not null order by number desc limit $2)
                and number is distinct from (select number from mailbox_model where mailbox_id = $1 and topic = $3)
            """, [mailboxId, KeptBytes, topic.ToString()], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'emailops', $1, 'mailbox', $2, $3)",
            [$"{(topic == ModelTopic.Labels ? "labels" : "model")}.{(made.IsAdopted ? "adopt" : "refuse")}", mailboxId, $"Version {made.Number} ({made.MadeBy}): {made.Reason}"], cancel);
    }

    /// <summary>Notes that lessons wait no longer.</summary>
    internal static Task<int> DealWithAsync(NpgsqlConnection connection, IReadOnlyList<long> lessons, int number, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "update lesson set learned_in = $2 where id = any($1)", [lessons.ToArray(), number], cancel);

    /// <summary>Notes that lessons were looked at and no version came of them: there are too few of their kind.</summary>
    public async Task SettleAsync(ModelState state, IReadOnlyList<long> lessons, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update mailbox_model set retrain_for = null where mailbox_id = $1 and topic = $2 and revision = $3", [state.MailboxId, state.Topic.ToString(), state.Revision], cancel) == 0) return;
        await DealWithAsync(connection, lessons, state.Number, cancel);
        await LiveEvents.AnnounceAsync(connection, "model", state.MailboxId, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Tells every process at commit that another version is in force, and open consoles that the page changed.</summary>
    internal static async Task AnnounceAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
    {
        await Hints.SendAsync(connection, LearnedModels.Channel, mailboxId.ToString(CultureInfo.InvariantCulture), cancel);
        await LiveEvents.AnnounceAsync(connection, "model", mailboxId, cancel);
    }
}

/// <summary>A scorecard as stored with a version.</summary>
internal sealed record StoredScore(ScoreView Score, IReadOnlyList<ModelChange> Changes);
