using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Breakers of providers in PostgreSQL, by its clock.</summary>
internal sealed class BreakerStore(NpgsqlDataSource source) : IBreakerStore
{
    private const int MaxText = 500;
    private const string Columns = "provider, state, force, failures, case when state <> 'Closed' then open_until - now() end, opened_at, reason, forced_by";

    public async Task<BreakerStatus> ReadAsync(string provider, CancellationToken cancel)
        => (await QueryAsync($"select {Columns} from model_breaker where provider = $1", [provider], cancel)).SingleOrDefault() ?? BreakerStatus.Fine(provider);

    public async Task<IReadOnlyList<BreakerStatus>> AllAsync(CancellationToken cancel) => await QueryAsync($"select {Columns} from model_breaker order by provider", [], cancel);

    public async Task<bool> TryAsync(string provider, TimeSpan patience, CancellationToken cancel)
        => (await QueryAsync($"update model_breaker set state = 'HalfOpen', open_until = now() + $2 where provider = $1 and force = 'Auto' and (state = 'Closed' or open_until <= now()) returning {Columns}", [provider, patience], cancel)).Count > 0;

    public async Task<BreakerStatus> FailedAsync(string provider, string reason, BreakerOptions options, TimeSpan? wait, CancellationToken cancel)
    {
        // What fails while it is open was under way before it opened and changes nothing, unless the server names a time.
        await QueryAsync("insert into model_breaker (provider) values ($1) on conflict do nothing returning provider, state, force, failures, null::interval, opened_at, reason, forced_by", [provider], cancel);
        return (await QueryAsync($"""
            with now_is as (select provider, (state = 'Open' and open_until > now()) is_open, state = 'HalfOpen' or failures + 1 >= $3 or $6::interval is not null opens from model_breaker where provider = $1 for update),
            waits as (select n.*, greatest(least($4::interval * power(2, least(b.openings, 20)), $5::interval), coalesce($6::interval, interval '0')) pause from now_is n join model_breaker b using (provider))
            update model_breaker b set
                failures = b.failures + 1,
                reason = $2,
                state = case when w.is_open or w.opens then 'Open' else b.state end,
                openings = case when w.is_open or not w.opens then b.openings else b.openings + 1 end,
                opened_at = case when w.is_open or not w.opens then b.opened_at else now() end,
                open_until = case when w.is_open then greatest(b.open_until, now() + coalesce($6::interval, interval '0')) when w.opens then now() + w.pause else b.open_until end
            from waits w where b.provider = w.provider
            returning b.provider, b.state, b.force, b.failures, case when b.state <> 'Closed' then b.open_until - now() end, b.opened_at, b.reason, b.forced_by
            """, [provider, Cut(reason), options.Failures, options.OpenFor, options.MaxOpenFor, wait], cancel)).Single();
    }

    public async Task SucceededAsync(string provider, CancellationToken cancel)
        => await QueryAsync($"update model_breaker set state = 'Closed', failures = 0, openings = 0, open_until = null, opened_at = null, reason = null where provider = $1 and (state <> 'Closed' or failures > 0) returning {Columns}", [provider], cancel);

    public async Task<BreakerStatus> ForceAsync(string provider, BreakerForce force, string actor, string why, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Back to automatic means a clean slate: a person looked at it.
        var status = (await Sql.QueryAsync(connection, $"""
            insert into model_breaker as b (provider, force, forced_by, forced_at) values ($1, $2, $3, now())
            on conflict (provider) do update set force = $2, forced_by = case when $2 = 'Auto' then null else $3 end, forced_at = now(),
                state = case when $2 = 'Auto' then 'Closed' else b.state end, failures = case when $2 = 'Auto' then 0 else b.failures end, openings = 0,
                open_until = case when $2 = 'Auto' then null else b.open_until end, reason = case when $2 = 'Auto' then null else b.reason end
            returning {Columns}
            """, [provider, force.ToString(), actor], Read, cancel)).Single();
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'model.breaker', 'provider', 0, $2)",
            [actor, Cut($"{provider}: {force}. {why}".TrimEnd())], cancel);
        await transaction.CommitAsync(cancel);
        return status;
    }

    private async Task<List<BreakerStatus>> QueryAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, sql, values, Read, cancel);
    }

    private static BreakerStatus Read(NpgsqlDataReader r) => new(r.GetString(0), Enum.Parse<BreakerState>(r.GetString(1)), Enum.Parse<BreakerForce>(r.GetString(2)), r.GetInt32(3),
        r.IsDBNull(4) ? null : r.GetTimeSpan(4), r.IsDBNull(5) ? null : r.GetFieldValue<DateTimeOffset>(5), r.IsDBNull(6) ? null : r.GetString(6), r.IsDBNull(7) ? null : r.GetString(7));

    private static string Cut(string text) => Messages.StoredText.Clean(Messages.StoredText.Cut(text, MaxText));
}
