using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What was asked of language models, as pages show it.</summary>
internal sealed class ConsultViews(NpgsqlDataSource source)
{
    /// <summary>Null when no language model was needed.</summary>
    public async Task<ConsultationView?> FindAsync(long messageId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var found = await Sql.QueryAsync(connection, "select outcome, reason, at, judge_again_at from consultation where message_id = $1", [messageId],
            r => new ConsultationView(Enum.Parse<ConsultationOutcome>(r.GetString(0)), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), []), cancel);
        if (found is not [var view]) return null;
        var calls = await Sql.QueryAsync(connection, """
            select agent, provider, model, prompt, tokens_in, tokens_out, cost, from_cache, asked, answered, problem, seconds, at from consultation_call where message_id = $1 order by id desc limit 20
            """, [messageId], r => new ModelCallView(r.GetString(0), new ModelStamp(r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.GetDecimal(6), r.GetBoolean(7)),
                r.GetString(8), r.GetString(9), r.IsDBNull(10) ? null : r.GetString(10), Math.Round(r.GetFloat(11), 2), r.GetFieldValue<DateTimeOffset>(12)), cancel);
        calls.Reverse();
        return view with { Calls = calls };
    }

    /// <param name="decided">Messages decided since then.</param>
    internal static async Task<ModelFigures> FiguresAsync(NpgsqlConnection connection, DateTimeOffset since, long decided, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, """
            select c.needed, c.waiting, k.calls, k.cached, k.tokens, k.cost, k.seconds
            from (select count(*) filter (where at >= $1) needed, count(*) filter (where judge_again_at is not null) waiting from consultation where at >= $1 or judge_again_at is not null) c,
                 (select count(*) calls, count(*) filter (where from_cache) cached, coalesce(sum(tokens_in + tokens_out) filter (where not from_cache), 0)::bigint tokens,
                         coalesce(sum(cost), 0) cost, (sum(seconds) / nullif(count(distinct message_id), 0))::float8 seconds
                  from consultation_call where at >= $1) k
            """, [since], r => new ModelFigures
            {
                WithoutModel = decided == 0 ? null : Math.Clamp(1 - (double)r.GetInt64(0) / decided, 0, 1),
                Degraded = r.GetInt64(1), Calls = r.GetInt64(2), FromCache = r.GetInt64(3), Tokens = r.GetInt64(4), Cost = r.GetDecimal(5), SecondsPerMessage = r.IsDBNull(6) ? null : r.GetDouble(6),
            }, cancel)).Single();
}
