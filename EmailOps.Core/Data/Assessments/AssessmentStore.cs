using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Assessments;

/// <summary>Evaluations and replays: what was asked, how far it is, what came out. One process works on each, by a lease; one that dies leaves it to the next.</summary>
internal sealed class AssessmentStore(NpgsqlDataSource source)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    public const int MostChanges = 5_000;
    private const int KeptInputs = 20;
    private const string Columns = "id, kind, mailbox_id, asked, requested_by, requested_at, done, total, finished_at, problem, result";

    /// <param name="owner">Who works on it at once; null: a worker that is free.</param>
    public async Task<long> AddAsync(AssessmentKind kind, long? mailboxId, AssessmentAsked asked, byte[]? input, string actor, Guid? owner, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var ids = await Sql.QueryAsync(connection, """
            insert into assessment (kind, mailbox_id, asked, input, requested_by, requested_at, owner, owner_until)
            values ($1, $2::bigint, $3::jsonb, $4::bytea, $5, now(), $6::uuid, case when $6::uuid is null then null else now() + $7 end) returning id
            """, [kind.ToString(), mailboxId, Sql.Json(asked), input, actor, owner, Lease], r => r.GetInt64(0), cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'assessment', $3, $4)",
            [actor, kind == AssessmentKind.Evaluation ? "evaluation.start" : "replay.start", ids[0], kind == AssessmentKind.Evaluation ? "Asked for an evaluation." : "Asked for a replay."], cancel);
        await LiveEvents.AnnounceAsync(connection, "assessment", ids[0], cancel);
        await transaction.CommitAsync(cancel);
        return ids[0];
    }

    /// <summary>Takes the oldest one that nobody works on.</summary>
    public async Task<AssessmentView?> TakeAsync(Guid owner, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var taken = await Sql.QueryAsync(connection, $"""
            update assessment set owner = $1, owner_until = now() + $2 where id = (
                select id from assessment where finished_at is null and (owner_until is null or owner_until < now()) and {StandingOrders.MayClaim} order by id for update skip locked limit 1)
            returning {Columns}
            """, [owner, Lease], Read, cancel);
        return taken is [var one] ? one : null;
    }

    public async Task<byte[]?> InputAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select input from assessment where id = $1 and input is not null", [id], r => r.GetFieldValue<byte[]>(0), cancel) is [var bytes] ? bytes : null;
    }

    /// <summary>Says how far it is and keeps the lease.</summary>
    /// <returns>False when another process has it.</returns>
    public async Task<bool> ProgressAsync(long id, Guid owner, int done, int total, IReadOnlyCollection<DecisionChange> changes, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update assessment set done = $3, total = $4, owner_until = now() + $5 where id = $1 and owner = $2 and finished_at is null", [id, owner, done, total, Lease], cancel) == 0) return false;
        if (changes.Count > 0)
            await Sql.ExecuteAsync(connection, """
                insert into assessment_change (assessment_id, message_id, change) select $1, u.id, u.change from unnest($2, $3::jsonb[]) as u (id, change) where exists (select from message where id = u.id) on conflict do nothing
                """, [id, changes.Select(c => c.MessageId).ToArray(), changes.Select(c => Sql.Json(c).Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal)).ToArray()], cancel);
        await LiveEvents.AnnounceAsync(connection, "assessment", id, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>One that was begun by a process that is gone starts over.</summary>
    public async Task ForgetChangesAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from assessment_change where assessment_id = $1", [id], cancel);
    }

    public async Task FinishAsync(long id, Guid owner, object? result, string? problem, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update assessment set finished_at = now(), result = $3::jsonb, problem = $4::text, owner = null, owner_until = null where id = $1 and owner = $2",
            [id, owner, result is null ? null : Sql.Json(result), problem is null ? null : Messages.StoredText.Clean(Messages.StoredText.Cut(problem, 2_000))], cancel);
        await Sql.ExecuteAsync(connection, "update assessment set input = null where input is not null and finished_at is not null and id not in (select id from assessment order by id desc limit $1)", [KeptInputs], cancel);
        await LiveEvents.AnnounceAsync(connection, "assessment", id, cancel);
    }

    public async Task<AssessmentView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from assessment where id = $1", [id], Read, cancel) is [var one] ? one : null;
    }

    public async Task<List<AssessmentView>> ListAsync(AssessmentKind? kind, int take, CancellationToken cancel, long before = long.MaxValue)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from assessment where ($1::text is null or kind = $1::text) and id < $3 order by id desc limit $2", [kind?.ToString(), take, before], Read, cancel);
    }

    public async Task<List<DecisionChange>> ChangesAsync(long id, int skip, int take, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select change from assessment_change where assessment_id = $1 order by message_id desc offset $2 limit $3", [id, skip, take], r => Sql.FromJson<DecisionChange>(r.GetString(0)), cancel);
    }

    private static AssessmentView Read(NpgsqlDataReader row)
    {
        var kind = Enum.Parse<AssessmentKind>(row.GetString(1));
        var result = row.IsDBNull(10) ? null : row.GetString(10);
        return new AssessmentView(row.GetInt64(0), kind, row.IsDBNull(2) ? null : row.GetInt64(2), Sql.FromJson<AssessmentAsked>(row.GetString(3)), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5), row.GetInt32(6), row.GetInt32(7),
            row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8), row.IsDBNull(9) ? null : row.GetString(9),
            result is not null && kind == AssessmentKind.Evaluation ? Sql.FromJson<EvaluationResult>(result) : null, result is not null && kind == AssessmentKind.Replay ? Sql.FromJson<ReplayResult>(result) : null);
    }
}
