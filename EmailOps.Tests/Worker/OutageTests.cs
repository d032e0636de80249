using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker;

public sealed class OutageTests(OwnCluster cluster) : IClassFixture<OwnCluster>
{
    [Fact]
    public async Task A_database_that_goes_away_costs_no_message_and_the_api_says_so_until_it_is_back()
    {
        await using var store = await TestStore.OpenAsync(cluster.ConnectionString);
        await using var worker = await TestHosts.WorkerAsync(cluster.ConnectionString, "--Work:BatchSize=20");
        await using var api = await TestHosts.ApiAsync(cluster.ConnectionString);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        using var unknownKey = new ApiCaller(api.Address(), "eo_some-key");
        await store.StoreAsync([.. Enumerable.Range(0, 1500).Select(i => MailText.Of(id: $"{i}@x.example", body: $"Where is parcel number {i}? It should have come on Monday."))]);
        await Wait.UntilAsync(() => store.AskAsync<bool>("select count(*) > 50 from decision"), "work has begun");

        await cluster.StopAsync();
        foreach (var path in new[] { Routes.Messages, "/messages/1", Routes.Imports, Routes.ProcessStatus, Routes.Articles, "/outbound" })
        {
            using var down = await caller.Http.GetAsync(path);
            var problem = await ApiCaller.ProblemAsync(down, 503);
            Assert.DoesNotContain("emailops-test", problem.ToString(), StringComparison.Ordinal);
        }
        using (var approve = await caller.SendAsync(HttpMethod.Post, "/drafts/1/approve", new ApproveDraft(), 1)) await ApiCaller.ProblemAsync(approve, 503);
        using (var upload = await caller.UploadAsync(("a.eml", Encoding.UTF8.GetBytes(MailText.Of())))) await ApiCaller.ProblemAsync(upload, 503);
        using (var unknown = await unknownKey.Http.GetAsync(Routes.Messages)) await ApiCaller.ProblemAsync(unknown, 503);
        using (var health = await caller.Http.GetAsync(Routes.HealthDetailed))
        {
            Assert.Equal(503, (int)health.StatusCode);
            Assert.Contains("unhealthy", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using (var alive = await caller.Http.GetAsync("/alive")) Assert.Equal(200, (int)alive.StatusCode);
        await cluster.StartAsync();
        store.Source.Clear(); // the test's own connections

        await Wait.UntilAsync(async () => (await caller.Http.GetAsync(Routes.ProcessStatus)).IsSuccessStatusCode, "the Api is back");
        await Wait.UntilAsync(() => store.AskAsync<bool>("select not exists (select from work_item where died_at is null)"), "the rest is decided, without waiting for a lease", seconds: 60, async () => string.Join("; ", await store.ColumnAsync<string>("select concat_ws(' ', stage, count(*), 'lease', count(lease), 'attempts', max(attempts), max(last_error)) from work_item group by stage")));
        Assert.Equal(1500, await store.AskAsync<long>("select count(*) from decision"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from work_item"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from (select message_id from draft where state in ('Proposed', 'Approved') group by message_id having count(*) > 1) x"));
    }
}
