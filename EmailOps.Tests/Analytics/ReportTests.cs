using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Analytics;

/// <summary>Reports over decisions that were written by hand, against what counting the rows themselves says.</summary>
public sealed class ReportTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private TestStore Store => installation.Store;

    /// <summary>Ten days of decisions, three an hour: the younger the quicker, of four kinds and three categories, one in ten unparsable.</summary>
    private async Task FillAsync()
    {
        if (await Store.AskAsync<bool>("select exists (select from decision)")) return;
        await Store.ExecuteAsync($"""
            insert into raw_mail (id, sha256, size_bytes, bytes) values (1, '\x01', 1, '\x01');
            insert into message_thread (id, mailbox_id, subject, participants, message_count, last_message_at) values (1, {Store.Mailbox}, 's', '{"{}"}', 1, now());
            insert into message (id, mailbox_id, thread_id, raw_id, dedupe_key, subject, from_address, recipients, received_at, stored_at, text, reply_doubtful, automated, thread_position, is_unparsable)
            select i, {Store.Mailbox}, 1, 1, int4send(i), 'subject', 'a@b.example', '[]', at - interval '1 day', at - make_interval(secs => 0.02 + i % 50), 'text', false, 'Normal', i, i % 10 = 0
            from (select i, now() - i * interval '20 minutes' as at from generate_series(1, 720) i) x;
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
            select id, mailbox_id, received_at, (array['orders', 'returns', 'other'])[1 + id % 3], 0.9, 5, 'en', '', id % 101, 0, false, id % 4 = 0, '{"{}"}', 'v', stored_at from message where not is_unparsable;
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at)
            select id, mailbox_id, received_at, (array['SendReply', 'Suggest', 'HoldForReview', 'Escalate', 'File'])[1 + id % 5], '[]', '1', stored_at + make_interval(secs => 0.02 + id % 50) from message;
            insert into system_sample (at, process, role, started_at, cpu, memory, memory_bytes, disk_used, disk_size, database_bytes, requests, failures, seconds)
            select date_trunc('minute', now()) - i * interval '1 minute', r || ':test:1', r, now() - interval '3 hours', 40, 50, 1000, 5000 - i, 10000, 700, 10, case when i = 5 then 3 else 0 end, 0.5
            from generate_series(1, 180) i, unnest(array['api', 'worker']) r where r = 'api' or i % 10 <> 0;
            """);
    }

    private static long TotalOf(IEnumerable<ShareOf> shares) => shares.Sum(s => s.Messages);

    [Theory]
    [InlineData("day")]
    [InlineData("week")]
    [InlineData("month")]
    public async Task A_report_says_the_same_whether_hours_were_counted_before_or_not(string period)
    {
        await FillAsync();
        var live = await installation.Caller.GetAsync<PerformanceReport>($"{AnalyticsRoutes.Performance}?period={period}");
        await installation.Caller.SendAsync<MetricsUpdate>(HttpMethod.Post, AnalyticsRoutes.UpdateMetrics, null);
        var counted = await installation.Caller.GetAsync<PerformanceReport>($"{AnalyticsRoutes.Performance}?period={period}");

        var start = counted.TimeRange.Start.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var (total, automatic) = (await Store.AskAsync<long>($"select count(*) from decision where decided_at >= '{start}'"), await Store.AskAsync<long>($"select count(*) from decision where decided_at >= '{start}' and kind in ('SendReply', 'File')"));
        var average = await Store.AskAsync<double>($"select avg(extract(epoch from d.decided_at - m.stored_at))::float8 from decision d join message m on m.id = d.message_id where d.decided_at >= '{start}'");
        Assert.True(await Store.AskAsync<long>("select count(*) from processing_hour") >= 230);
        foreach (var report in new[] { live, counted })
        {
            Assert.Equal(total, report.Metrics.TotalProcessed);
            Assert.Equal((double)automatic / total, report.Metrics.AutomationRate!.Value, 3);
            Assert.Equal(average, report.Metrics.AverageProcessingTime!.Value, 1);
            Assert.InRange(report.Metrics.P95!.Value, 40, 62);
            Assert.Equal(await Store.AskAsync<long>($"select count(*) from decision d join triage_result t using (message_id) where d.decided_at >= '{start}'"), TotalOf(report.CategoryDistribution));
            Assert.Equal(TotalOf(report.CategoryDistribution), report.ConfidenceDistribution.Sum(b => b.Messages));
            Assert.Equal((total, total), (TotalOf(report.DecisionDistribution), report.Series.Sum(p => p.Messages)));
            Assert.Equal(automatic, report.Series.Sum(p => p.Automatic));
        }
    }

    [Fact]
    public async Task Accuracy_is_null_with_the_reason_until_people_review_and_then_what_they_said()
    {
        await FillAsync();
        await Store.ExecuteAsync("delete from lesson; update triage_result set corrected_from = null");
        var nobody = await installation.Caller.GetAsync<JsonElement>($"{AnalyticsRoutes.Performance}?period=day");
        Assert.Equal(JsonValueKind.Null, nobody.GetProperty("metrics").GetProperty("classification_accuracy").ValueKind);
        Assert.Contains("Nobody reviewed", nobody.GetProperty("metrics").GetProperty("classification_accuracy_note").GetString(), StringComparison.Ordinal);

        await Store.ExecuteAsync($"""
            update triage_result set corrected_from = 'returns' where message_id in (1, 2);
            insert into lesson (mailbox_id, message_id, kind, category, was_category, actor, at, undone_at)
            select {Store.Mailbox}, m, k, 'orders', null, 'Olga', now() - interval '1 hour', case when m = 9 then now() end
            from (values (1, 'Category'), (1, 'Approved'), (2, 'Category'), (3, 'Approved'), (4, 'Edited'), (5, 'Approved'), (6, 'Rejected'), (7, 'Priority'), (9, 'Approved')) l (m, k);
            insert into lesson (mailbox_id, message_id, kind, category, actor, at) values ({Store.Mailbox}, 8, 'Approved', 'orders', 'Olga', now() - interval '2 days');
            """);
        var reviewed = (await installation.Caller.GetAsync<PerformanceReport>($"{AnalyticsRoutes.Performance}?period=day")).Metrics;

        Assert.Equal((5, 2, 0.6), (reviewed.Reviewed, reviewed.Corrected, reviewed.ClassificationAccuracy));
        Assert.True(reviewed.ClassificationAccuracyRange![0] < 0.3 && reviewed.ClassificationAccuracyRange[1] > 0.85);
        Assert.Equal(6, (await installation.Caller.GetAsync<PerformanceReport>($"{AnalyticsRoutes.Performance}?period=week")).Metrics.Reviewed);
        Assert.Equal(0, (await installation.Caller.GetAsync<PerformanceReport>($"{AnalyticsRoutes.Performance}?period=week&mailbox=999")).Metrics.TotalProcessed);
    }

    [Fact]
    public async Task Key_figures_have_the_blocks_of_the_runbook()
    {
        await FillAsync();
        var kpi = await installation.Caller.GetAsync<KpiSummary>($"{AnalyticsRoutes.Kpi}?hours=2");

        Assert.InRange(kpi.Processing.TotalProcessed, 6, 10);
        Assert.Equal(10, kpi.Classification.ConfidenceDistribution.Count);
        Assert.Equal(50, kpi.System.Disk!.Value, 0);
        Assert.InRange(kpi.System.UptimeHours!.Value, 0, 3.2);
        Assert.InRange(kpi.Availability.UptimePercentage!.Value, 85, 95); // the worker missed one minute in ten
        Assert.InRange(kpi.Availability.ApiUptime!.Value, 98, 100);
        Assert.Equal(0.05, kpi.Availability.ApiResponseTime!.Value, 2);
        Assert.True(kpi.Availability.ErrorRate > 0.001);
        foreach (var wrong in new[] { "0", "8785", "x" })
        {
            using var refused = await installation.Caller.Http.GetAsync($"{AnalyticsRoutes.Kpi}?hours={wrong}");
            await ApiCaller.ProblemAsync(refused, 400);
        }
    }

    [Fact]
    public async Task Capacity_counts_whole_days_only()
    {
        await FillAsync();
        var report = await installation.Caller.GetAsync<CapacityReport>($"{AnalyticsRoutes.Capacity}?days=30");

        Assert.InRange(report.Daily.Count, 8, 10);
        Assert.All(report.Daily, d => Assert.InRange(d.Messages, 70, 73));
        Assert.Equal(72, report.Volume.DailyAverage, 0);
        Assert.Equal(0, report.Volume.GrowthRate!.Value, 1);
        Assert.Equal(700, report.Resources.Storage.Database);
        Assert.True(report.Resources.Storage.Size > 0);
    }

    [Fact]
    public async Task A_process_leaves_a_sample_as_it_starts()
        => await Wait.UntilAsync(() => Store.AskAsync<bool>("select exists (select from system_sample where role = 'api' and process not like '%test%' and memory_bytes > 1000000 and memory > 0)"), "the Api left a sample");

    [Fact]
    public async Task What_does_not_exist_is_refused()
    {
        foreach (var path in new[] { $"{AnalyticsRoutes.Performance}?period=decade", $"{AnalyticsRoutes.Capacity}?days=1", $"{AnalyticsRoutes.Capacity}?days=367" })
        {
            using var refused = await installation.Caller.Http.GetAsync(path);
            await ApiCaller.ProblemAsync(refused, 400);
        }
    }
}
