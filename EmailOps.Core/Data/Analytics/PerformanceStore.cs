using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using Npgsql;

namespace EmailOps.Core.Data.Analytics;

/// <summary>How triage and policy did: hours that were counted, and what is later counted on the spot.</summary>
internal sealed class PerformanceStore(DatabaseServers servers, HourCounter counter, TimeProvider clock)
{
    /// <summary>A half percent outside on either side.</summary>
    private const double Doubt = 0.025;
    private const int MostCategories = 100, FewReviews = 30;
    private static readonly TimeSpan s_behind = TimeSpan.FromHours(2), s_callsKept = TimeSpan.FromDays(31);
    private static readonly string[] s_automatic = [nameof(DecisionKind.SendReply), nameof(DecisionKind.File), nameof(DecisionKind.Quarantine)];

    private sealed class Sums
    {
        public long[] Latency { get; } = new long[LatencyHistogram.Buckets];
        public long[] Tens { get; } = new long[10];
        public Dictionary<(string Kind, string Category), long> Decisions { get; } = [];
        public SortedDictionary<DateTimeOffset, (long Messages, long Automatic, double Seconds)> Points { get; } = [];
        public long Degraded { get; set; }
    }

    /// <param name="period">For the report's head.</param>
    /// <param name="step">Of its series.</param>
    public async Task<PerformanceReport> ReportAsync(string period, TimeSpan length, TimeSpan step, long? mailbox, CancellationToken cancel)
    {
        var end = clock.GetUtcNow();
        // Whole hours, since that is what was counted; an hour is counted to the second.
        var start = length <= TimeSpan.FromHours(1) ? end - length : Hour(end - length);
        await using var connection = await servers.ForReports.OpenConnectionAsync(cancel);
        var mark = await HourCounter.MarkAsync(connection, cancel);
        if (end - (mark ?? start) > s_behind)
        {
            await counter.RunAsync(cancel, mostSteps: 3);
            mark = await HourCounter.MarkAsync(connection, cancel); // a standby may not know of it yet, and then counts on the spot
        }
        var border = mark is { } counted && counted > start && length > TimeSpan.FromHours(1) ? counted : start;

        var sums = new Sums();
        if (border > start) await StoredAsync(connection, sums, start, border, step, mailbox, cancel);
        await LiveAsync(connection, sums, start, border, step, mailbox, cancel);
        // Time in which nothing came is a part of the picture.
        for (var at = start; at < end; at += step) Add(sums, at, 0, 0, 0);
        var metrics = await MetricsAsync(connection, sums, start, end, mailbox, cancel);
        return new PerformanceReport(period, new TimeRange(start, end, Math.Round((end - start).TotalHours, 2)), metrics, Bands(sums.Tens),
            [.. Shares(sums.Decisions.Where(d => d.Key.Category.Length > 0).GroupBy(d => d.Key.Category)).Take(MostCategories)], [.. Shares(sums.Decisions.GroupBy(d => d.Key.Kind))],
            [.. sums.Points.Select(p => new PerformancePoint(p.Key, p.Value.Messages, p.Value.Automatic, p.Value.Messages == 0 ? null : Math.Round(p.Value.Seconds / p.Value.Messages, 3)))]);
    }

    private static async Task StoredAsync(NpgsqlConnection connection, Sums sums, DateTimeOffset start, DateTimeOffset border, TimeSpan step, long? mailbox, CancellationToken cancel)
    {
        const string Where = "where hour >= $1 and hour < $2 and ($3::bigint is null or mailbox_id = $3)";
        foreach (var (array, into) in ((string, long[])[])[("latency", sums.Latency), ("confidence", sums.Tens)])
            await Sql.QueryAsync(connection, $"select (b - 1)::int, sum(n)::bigint from processing_hour, unnest({array}) with ordinality u (n, b) {Where} and n > 0 group by 1", [start, border, mailbox], r => into[r.GetInt32(0)] += r.GetInt64(1), cancel);
        await Sql.QueryAsync(connection, $"select date_bin($4, hour, $1), sum(messages)::bigint, sum(degraded)::bigint, sum(seconds) from processing_hour {Where} group by 1", [start, border, mailbox, step], r =>
        {
            sums.Degraded += r.GetInt64(2);
            return Add(sums, r.GetFieldValue<DateTimeOffset>(0), r.GetInt64(1), 0, r.GetDouble(3));
        }, cancel);
        await Sql.QueryAsync(connection, $"select date_bin($4, hour, $1), kind, category, sum(messages)::bigint from decision_hour {Where} group by 1, 2, 3", [start, border, mailbox, step],
            r => Decided(sums, r.GetFieldValue<DateTimeOffset>(0), r.GetString(1), r.GetString(2), r.GetInt64(3)), cancel);
    }

    private static async Task LiveAsync(NpgsqlConnection connection, Sums sums, DateTimeOffset start, DateTimeOffset border, TimeSpan step, long? mailbox, CancellationToken cancel)
    {
        DateTimeOffset Point(DateTimeOffset at) => start + TimeSpan.FromTicks(Math.Max(0, (at - start).Ticks) / step.Ticks * step.Ticks);
        // Without an end: other processes' clocks may be ahead.
        object?[] asked = [border, DateTimeOffset.MaxValue, mailbox];
        await Sql.QueryAsync(connection, HourCounter.Live, asked, r =>
        {
            Add(sums.Latency, r.GetFieldValue<int[]>(5));
            Add(sums.Tens, r.GetFieldValue<int[]>(6));
            sums.Degraded += r.GetInt32(3);
            return Add(sums, Point(r.GetFieldValue<DateTimeOffset>(0)), r.GetInt32(2), 0, r.GetDouble(4));
        }, cancel);
        await Sql.QueryAsync(connection, $"{HourCounter.Counted} {HourCounter.Decisions}", asked, r => Decided(sums, Point(r.GetFieldValue<DateTimeOffset>(0)), r.GetString(2), r.GetString(3), r.GetInt32(4)), cancel);
    }

    private static async Task<PerformanceMetrics> MetricsAsync(NpgsqlConnection connection, Sums sums, DateTimeOffset start, DateTimeOffset end, long? mailbox, CancellationToken cancel)
    {
        var (reviewed, corrected) = (await Sql.QueryAsync(connection, """
            select count(*), count(*) filter (where t.corrected_from is not null)
            from (select distinct message_id from lesson where at >= $1 and undone_at is null and kind in ('Category', 'Approved', 'Edited') and ($2::bigint is null or mailbox_id = $2)) l
            join triage_result t on t.message_id = l.message_id
            """, [start, mailbox], r => (r.GetInt64(0), r.GetInt64(1)), cancel)).Single();
        var (failed, outcomes, right) = (await Sql.QueryAsync(connection, """
            select (select count(*) from work_item where died_at >= $1 and ($2::bigint is null or mailbox_id = $2)), count(*), count(*) filter (where is_right)
            from answer_outcome where at >= $1 and ($2::bigint is null or mailbox_id = $2)
            """, [start, mailbox], r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), cancel)).Single();
        var cost = (await Sql.QueryAsync(connection, end - start <= s_callsKept
            ? "select coalesce(sum(cost), 0) from consultation_call where at >= $1 and ($2::bigint is null or mailbox_id = $2)"
            : "select coalesce(sum(money), 0) from model_spend where day >= ($1 at time zone 'UTC')::date and mailbox_id = coalesce($2::bigint, 0)", [start, mailbox], r => r.GetDecimal(0), cancel)).Single();
        var total = sums.Decisions.Values.Sum();
        double? Of(long part) => total == 0 ? null : Math.Round((double)part / total, 4);
        long Kind(params string[] kinds) => sums.Decisions.Where(d => kinds.Contains(d.Key.Kind)).Sum(d => d.Value);
        double? Quantile(double share) => LatencyHistogram.Quantile(sums.Latency, share) is { } seconds ? Math.Round(seconds, 3) : null;
        var (n, stood) = ((int)Math.Min(reviewed, int.MaxValue), (int)Math.Min(reviewed - corrected, int.MaxValue));
        return new PerformanceMetrics
        {
            TotalProcessed = total,
            EmailsPerMinute = Math.Round(total / Math.Max(1, (end - start).TotalMinutes), 3),
            Reviewed = reviewed,
            Corrected = corrected,
            ClassificationAccuracy = reviewed == 0 ? null : Math.Round((double)stood / n, 4),
            ClassificationAccuracyRange = reviewed == 0 ? null : [Math.Round(Binomial.LowerBound(stood, n, Doubt), 4), Math.Round(Binomial.UpperBound(stood, n, Doubt), 4)],
            ClassificationAccuracyNote = reviewed == 0 ? "Nobody reviewed a message in this period: no category was corrected, and no draft was used." : reviewed < FewReviews ? $"Only {reviewed} messages were reviewed; see the range." : null,
            SuccessRate = total + failed == 0 ? null : Math.Round((double)total / (total + failed), 4),
            Failed = failed,
            AutomationRate = Of(Kind(s_automatic)),
            AutoAnswerRate = Of(Kind(nameof(DecisionKind.SendReply))),
            EscalationRate = Of(Kind(nameof(DecisionKind.Escalate))),
            DegradedRate = Of(sums.Degraded),
            AverageProcessingTime = total == 0 ? null : Math.Round(sums.Points.Values.Sum(p => p.Seconds) / total, 3),
            P50 = Quantile(0.5),
            P95 = Quantile(0.95),
            P99 = Quantile(0.99),
            SatisfactionScore = outcomes == 0 ? null : Math.Round((double)right / outcomes, 4),
            ModelCost = cost,
            CostPerEmail = total == 0 ? null : Math.Round(cost / total, 8),
        };
    }

    private static bool Decided(Sums sums, DateTimeOffset at, string kind, string category, long messages)
    {
        sums.Decisions[(kind, category)] = sums.Decisions.GetValueOrDefault((kind, category)) + messages;
        return Add(sums, at, 0, s_automatic.Contains(kind) ? messages : 0, 0);
    }

    private static bool Add(Sums sums, DateTimeOffset at, long messages, long automatic, double seconds)
    {
        var point = sums.Points.GetValueOrDefault(at);
        sums.Points[at] = (point.Messages + messages, point.Automatic + automatic, point.Seconds + seconds);
        return true;
    }

    private static void Add(long[] into, int[] counts)
    {
        for (var i = 0; i < counts.Length && i < into.Length; i++) into[i] += counts[i];
    }

    private static ConfidenceBand[] Bands(long[] tens)
    {
        var all = Math.Max(1, tens.Sum());
        return [.. tens.Select((count, i) => new ConfidenceBand(i * 10, (i + 1) * 10, count, Math.Round((double)count / all, 4)))];
    }

    private static IEnumerable<ShareOf> Shares(IEnumerable<IGrouping<string, KeyValuePair<(string, string), long>>> groups)
    {
        var counts = groups.Select(g => (g.Key, Count: g.Sum(d => d.Value))).ToArray();
        var all = Math.Max(1, counts.Sum(c => c.Count));
        return counts.OrderByDescending(c => c.Count).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new ShareOf(c.Key, c.Count, Math.Round((double)c.Count / all, 4)));
    }

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero);
}
