using EmailOps.Core.Analytics;
using Npgsql;

namespace EmailOps.Core.Data.Analytics;

/// <summary>Counts hours once they are over. One process at a time; an hour is counted whole or not at all.</summary>
internal sealed class HourCounter(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>Also of the migration-like lock of this chore: "Hours".</summary>
    private const long LockKey = 0x486F_7572_73;
    /// <summary>For transactions and clocks that are late.</summary>
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(5);
    /// <summary>Of what lies behind, so much at once: a new version on an old installation counts a year in some hundred steps.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromDays(1), s_kept = TimeSpan.FromDays(400);

    /// <summary>The decisions from $1 to before $2 by hour and mailbox; of mailbox $3 only, where that is not null.</summary>
    public static string Counted { get; } = $"""
        with d as (
            select date_trunc('hour', d.decided_at, 'UTC') as hour, d.mailbox_id, d.kind, coalesce(t.category, '') as category, t.degraded, t.confidence, greatest(0, extract(epoch from d.decided_at - m.stored_at))::float8 as seconds
            from decision d join message m on m.id = d.message_id left join triage_result t on t.message_id = d.message_id
            where d.decided_at >= $1 and d.decided_at < $2 and ($3::bigint is null or d.mailbox_id = $3))
        """;

    private static string Processing { get; } = $"""
        select hour, mailbox_id, count(*)::int, (count(*) filter (where degraded))::int, sum(seconds), array[{Filters("bucket", LatencyHistogram.Buckets)}], array[{Filters("tens", 10)}]
        from (select *, {LatencyHistogram.BucketOf("seconds")} as bucket, case when confidence is not null then least(9, greatest(0, floor(confidence / 10)))::int end as tens from d) x group by 1, 2
        """;

    public static string Live => $"{Counted} {Processing}";

    public const string Decisions = "select hour, mailbox_id, kind, category, count(*)::int from d group by 1, 2, 3, 4";

    /// <returns>Hours counted, and up to where. Nothing when another process is at it.</returns>
    public async Task<(int Hours, DateTimeOffset To)> RunAsync(CancellationToken cancel, int mostSteps = 10)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var hours = 0;
        for (var step = 0; step < mostSteps; step++)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (await Sql.QueryAsync(connection, "select pg_try_advisory_xact_lock($1)", [LockKey], r => r.GetBoolean(0), cancel) is not [true]) break;
            var end = Hour(clock.GetUtcNow() - s_late);
            var from = await MarkAsync(connection, cancel) ?? await FirstAsync(connection, end, cancel);
            if (from >= end) break;
            var to = end - from > s_step ? from + s_step : end;
            await CountAsync(connection, from, to, cancel);
            hours += (int)(to - from).TotalHours;
            await transaction.CommitAsync(cancel);
        }
        return (hours, await MarkAsync(connection, cancel) ?? Hour(clock.GetUtcNow()));
    }

    /// <summary>Takes away hours nobody asks for any more.</summary>
    public async Task ForgetAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        foreach (var table in (string[])["processing_hour", "decision_hour"]) await Sql.ExecuteAsync(connection, $"delete from {table} where hour < $1", [clock.GetUtcNow() - s_kept], cancel);
    }

    /// <summary>Up to where hours are counted; null: none is.</summary>
    public static async Task<DateTimeOffset?> MarkAsync(NpgsqlConnection connection, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, "select counted_to from analytics_mark", [], r => (DateTimeOffset?)r.GetFieldValue<DateTimeOffset>(0), cancel)).FirstOrDefault();

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero);

    private static async Task<DateTimeOffset> FirstAsync(NpgsqlConnection connection, DateTimeOffset end, CancellationToken cancel)
    {
        var first = (await Sql.QueryAsync(connection, "select min(decided_at) from decision", [], r => r.IsDBNull(0) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
        var oldest = end - s_kept;
        return first is { } at && at < end ? Hour(at < oldest ? oldest : at) : end - TimeSpan.FromHours(1);
    }

    private static async Task CountAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from processing_hour where hour >= $1 and hour < $2", [from, to], cancel);
        await Sql.ExecuteAsync(connection, "delete from decision_hour where hour >= $1 and hour < $2", [from, to], cancel);
        await Sql.ExecuteAsync(connection, $"insert into processing_hour {Counted} {Processing}", [from, to, null], cancel);
        await Sql.ExecuteAsync(connection, $"insert into decision_hour {Counted} {Decisions}", [from, to, null], cancel);
        await Sql.ExecuteAsync(connection, "insert into analytics_mark values (1, $1) on conflict (id) do update set counted_to = excluded.counted_to", [to], cancel);
    }

    private static string Filters(string column, int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"(count(*) filter (where {column} = {i}))::int"));
}
