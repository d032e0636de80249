using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Analytics;

/// <summary>What a process says of itself for one minute.</summary>
internal sealed record SystemSample(DateTimeOffset At, string Process, string Role, DateTimeOffset StartedAt, double Cpu, double Memory, long MemoryBytes, long? DiskUsed, long? DiskSize, int Requests, int Failures, double Seconds);

/// <summary>How the parts of one day did, for the status page.</summary>
/// <param name="Minutes">That the day had, as far as anybody watched.</param>
internal sealed record DayUp(DateOnly Day, string Role, long Up, long Minutes);

/// <summary>The samples that processes leave once a minute.</summary>
internal sealed class SystemSamples(NpgsqlDataSource source, TimeProvider clock)
{
    public const string Api = "api", Worker = "worker";
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(370);

    /// <param name="measureDatabase">Asks how large the database is, which looks at each of its files.</param>
    public async Task AddAsync(SystemSample sample, bool measureDatabase, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, """
            insert into system_sample (at, process, role, started_at, cpu, memory, memory_bytes, disk_used, disk_size, requests, failures, seconds, database_bytes)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $13 then pg_database_size(current_database()) end)
            on conflict (at, process) do nothing
            """, [sample.At, sample.Process, sample.Role, sample.StartedAt, (float)sample.Cpu, (float)sample.Memory, sample.MemoryBytes, sample.DiskUsed, sample.DiskSize, sample.Requests, sample.Failures, sample.Seconds, measureDatabase], cancel);
    }

    public async Task ForgetAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from system_sample where at < $1", [clock.GetUtcNow() - s_kept], cancel);
    }

    public async Task<(KpiSystem System, KpiAvailability Availability)> KpiAsync(DateTimeOffset start, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var now = clock.GetUtcNow();
        var system = (await Sql.QueryAsync(connection, """
            select avg(cpu), avg(memory), avg(case when disk_size > 0 then 100.0 * disk_used / disk_size end)::float8, (select max(started_at) from system_sample where role = 'api' and at >= greatest($1, now() - interval '10 minutes'))
            from system_sample where at >= $1
            """, [start], r => new KpiSystem(Share(r, 0), Share(r, 1), Share(r, 2), r.IsDBNull(3) ? null : Math.Round((now - r.GetFieldValue<DateTimeOffset>(3)).TotalHours, 2)), cancel)).Single();
        // The minute that is not over has no sample yet.
        var availability = (await Sql.QueryAsync(connection, """
            with up as (select at, bool_or(role = 'api') as api, bool_or(role = 'worker') as worker from system_sample where at >= $1 and at < date_trunc('minute', $2::timestamptz) group by at),
                 asked as (select coalesce(sum(requests), 0) as requests, coalesce(sum(failures), 0) as failures, coalesce(sum(seconds), 0) as seconds from system_sample where at >= $1 and role = 'api')
            select count(*) filter (where api), count(*) filter (where worker), count(*) filter (where api and worker),
                   floor(extract(epoch from date_trunc('minute', $2::timestamptz) - greatest(date_trunc('minute', $1::timestamptz), (select min(at) from system_sample))) / 60)::bigint, (select requests from asked), (select failures from asked), (select seconds from asked)
            from up
            """, [start, now], r =>
            {
                var minutes = r.IsDBNull(3) ? 0 : Math.Max(0, r.GetInt64(3));
                double? Of(int column) => minutes == 0 ? null : Math.Round(Math.Min(100, 100.0 * r.GetInt64(column) / minutes), 3);
                var requests = r.GetInt64(4);
                return new KpiAvailability(Of(2), Of(0), Of(1), requests == 0 ? null : Math.Round(r.GetDouble(6) / requests, 4), requests == 0 ? null : Math.Round((double)r.GetInt64(5) / requests, 6), requests, minutes);
            }, cancel)).Single();
        return (system, availability);
    }

    /// <summary>A row a day with samples, oldest first.</summary>
    public async Task<List<ResourceDay>> DaysAsync(DateTimeOffset start, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select (at at time zone 'UTC')::date, avg(cpu), max(cpu), avg(memory), max(memory), (array_agg(disk_used order by at desc) filter (where disk_used is not null))[1],
                   (array_agg(disk_size order by at desc) filter (where disk_size is not null))[1], (array_agg(database_bytes order by at desc) filter (where database_bytes is not null))[1]
            from system_sample where at >= $1 group by 1 order by 1
            """, [start], r => new ResourceDay(r.GetFieldValue<DateOnly>(0), r.GetDouble(1), r.GetFloat(2), r.GetDouble(3), r.GetFloat(4), Long(r, 5), Long(r, 6), Long(r, 7)), cancel);
    }

    /// <summary>In how many minutes of each day each role worked.</summary>
    public async Task<List<DayUp>> UpAsync(int days, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var now = clock.GetUtcNow();
        return await Sql.QueryAsync(connection, """
            with first as (select min(at) as at from system_sample),
                 day as (select d, greatest(d, f.at) as since, least(d + interval '1 day', date_trunc('minute', $2::timestamptz)) as until from first f, generate_series(date_trunc('day', $1::timestamptz, 'UTC'), $2::timestamptz, interval '1 day') d where f.at is not null and d + interval '1 day' > f.at)
            select (d at time zone 'UTC')::date, r.role, (select count(distinct s.at) from system_sample s where s.at >= since and s.at < until and s.role = r.role), greatest(0, floor(extract(epoch from until - since) / 60))::bigint
            from day, (values ('api'), ('worker')) r (role) order by 1, 2
            """, [now.AddDays(-(days - 1)), now], r => new DayUp(r.GetFieldValue<DateOnly>(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)), cancel);
    }

    private static double? Share(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Math.Round(r.GetDouble(column), 1);

    private static long? Long(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);
}
