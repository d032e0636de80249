using System.Net;
using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Lessons;

/// <summary>The real Api and two real workers on one database.</summary>
public sealed class LearningHostTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime, IDisposable
{
    private TestStore _store = null!;
    private WebApplication _api = null!;
    private readonly List<WebApplication> _workers = [];
    private ApiCaller _caller = null!;

    public async Task InitializeAsync()
    {
        _store = await TestStore.CreateAsync(postgres);
        _api = await TestHosts.ApiAsync(_store.ConnectionString);
        // Long enough that only an announcement explains a change.
        for (var i = 0; i < 2; i++) _workers.Add(await TestHosts.WorkerAsync(_store.ConnectionString, "--Triage:RefreshEvery=01:00:00"));
        _caller = new ApiCaller(_api.Address(), TestHosts.Key);
    }

    public void Dispose() => _caller.Dispose();

    public async Task DisposeAsync()
    {
        foreach (var host in _workers.Append(_api))
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }
        await _store.DisposeAsync();
    }

    private Task<ModelView> ModelAsync() => _caller.GetAsync<ModelView>($"/models/{_store.Mailbox}");

    [Fact]
    public async Task A_correction_is_in_force_in_every_worker_at_once_and_is_rolled_back_there_as_fast()
    {
        await _store.StoreAsync(MailText.Of(subject: "Quota", body: "Could you adjust the wibblestock quota of our warehouse dashboard?"));
        await Wait.UntilAsync(() => _store.AskAsync<bool>("select exists (select from decision)"), "it is decided", 60);
        var pipelines = () => Task.WhenAll(_workers.Select(async w => (await w.Services.GetRequiredService<TriageSource>().PipelineAsync(_store.Mailbox, CancellationToken.None)).ModelVersion));
        Assert.All(await pipelines(), v => Assert.DoesNotContain("+", v, StringComparison.Ordinal));
        var message = await _store.AskAsync<long>("select id from message");
        var was = await _store.AskAsync<string>("select category from triage_result");
        var began = TimeProvider.System.GetTimestamp();
        var detail = await _caller.SendAsync<MessageDetail>(HttpMethod.Post, $"/messages/{message}/category", new CorrectCategory(was == "complaint" ? "account" : "complaint"));
        Assert.True(detail.Message.CategoryCorrected);
        await Wait.UntilAsync(async () => (await pipelines()).All(v => v.Contains($"+{_store.Mailbox}.1-", StringComparison.Ordinal)), "both workers judge by version 1", 60);
        Console.WriteLine($"From the correction to both workers: {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0} ms; made in {(await ModelAsync()).History[0].Seconds * 1000:F0} ms");

        var model = await ModelAsync();
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/models/{_store.Mailbox}/rollback", new RollBackModel(0)), 428);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/models/{_store.Mailbox}/rollback", new RollBackModel(0), model.Revision + 7), 412);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/models/{_store.Mailbox}/rollback", new RollBackModel(9), model.Revision), 400);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, "/models/999/rollback", new RollBackModel(0), 1), 404);
        var back = await _caller.SendAsync<ModelView>(HttpMethod.Post, $"/models/{_store.Mailbox}/rollback", new RollBackModel(0), model.Revision);
        Assert.True(back is { Number: 0, IsPinned: true });
        await Wait.UntilAsync(async () => (await pipelines()).All(v => !v.Contains('+', StringComparison.Ordinal)), "both workers are back at the base model", 60);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/models/{_store.Mailbox}/retrain", null, back.Revision), 409);

        var lesson = Assert.Single(await _caller.GetAsync<LessonView[]>($"/models/{_store.Mailbox}/lessons"));
        Assert.Equal(("Category", message, "Olga"), (lesson.Kind, lesson.MessageId, lesson.Actor));
        Assert.Equal(HttpStatusCode.NoContent, (await _caller.SendAsync(HttpMethod.Post, $"/lessons/{lesson.Id}/undo", null)).StatusCode);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/lessons/{lesson.Id}/undo", null), 409);
        var free = await _caller.SendAsync<ModelView>(HttpMethod.Post, $"/models/{_store.Mailbox}/unpin", null, (await ModelAsync()).Revision);
        Assert.False(free.IsPinned);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, $"/messages/{message}/priority", new CorrectPriority(11)), 400);
        Assert.Equal(9, (await _caller.SendAsync<MessageDetail>(HttpMethod.Post, $"/messages/{message}/priority", new CorrectPriority(9))).Message.Priority);
    }

    [Fact]
    public async Task Budgets_drift_evaluations_and_replays_are_asked_for_over_the_Api_and_done_by_a_worker()
    {
        var set = await _caller.SendAsync<RiskBudgetView[]>(HttpMethod.Put, $"/models/{_store.Mailbox}/risk", new SaveRiskBudget("", 0.02), 0);
        Assert.Equal("Waiting", Assert.Single(set).State);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Put, $"/models/{_store.Mailbox}/risk", new SaveRiskBudget("", 0.7), 1), 400);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Put, $"/models/{_store.Mailbox}/risk", new SaveRiskBudget("nonsense", 0.1), 0), 400);
        await Wait.UntilAsync(async () => (await _caller.GetAsync<DriftView[]>($"/models/{_store.Mailbox}/drift")).Length > 0, "drift was measured", 60);
        var health = await _caller.GetAsync<HealthReportView>("/health/detailed");
        Assert.Equal("healthy", health.Components[$"drift:{TestStore.Address}"].Status);
        // A warning is shown and makes nothing unhealthy.
        await _store.ExecuteAsync("update drift_report set figures = jsonb_set(figures, '{warnings}', '[\"The mix of languages has changed.\"]')");
        health = await _caller.GetAsync<HealthReportView>("/health/detailed");
        Assert.Equal(("warning", "healthy"), (health.Components[$"drift:{TestStore.Address}"].Status, health.Status));

        using var form = new MultipartFormDataContent { { new ByteArrayContent("text,category\nwhere is my parcel,shipping\nx,nonsense\n"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } }, "file", "rows.csv" } };
        var asked = await ApiCaller.ReadAsync<AssessmentView>(await _caller.Http.PostAsync("/evaluations", form));
        await Wait.UntilAsync(async () => (await _caller.GetAsync<AssessmentView>($"/assessments/{asked.Id}")).Evaluation is { Score.Rows: 1, BadRowCount: 1 }, "the evaluation is done", 60);

        var replay = await _caller.SendAsync<AssessmentView>(HttpMethod.Post, "/replays", new StartReplay(7, Bands: "90/70/50"));
        await Wait.UntilAsync(async () => (await _caller.GetAsync<AssessmentView>($"/assessments/{replay.Id}")).Replay is not null, "the replay is done", 60);
        Assert.Empty(await _caller.GetAsync<DecisionChange[]>($"/assessments/{replay.Id}/changes"));
        foreach (var bad in new[] { new StartReplay(0, Bands: "90/70/50"), new StartReplay(7), new StartReplay(7, Bands: "x"), new StartReplay(7, Risk: 2), new StartReplay(7, Model: 3) })
            await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, "/replays", bad), 400);
        foreach (var (bad, why) in new[] { (new StartReplay(7, Prompts: new Dictionary<string, string> { ["judge"] = "sort it" }), "judge.prompt must begin"), (new StartReplay(7, Prompts: new Dictionary<string, string>()), "has no prompt"), (new StartReplay(7, AskModel: true, Most: 0), "most"), (new StartReplay(7, AskModel: true, Taxonomy: "version: 1"), "taxonomy in force") })
            Assert.Contains(why, (await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, "/replays", bad), 400)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        var alone = await _caller.SendAsync<AssessmentView>(HttpMethod.Post, "/replays", new StartReplay(7, AskModel: true));
        Assert.Equal(50, alone.Asked.Most);
        await Wait.UntilAsync(async () => (await _caller.GetAsync<AssessmentView>($"/assessments/{alone.Id}")).Problem?.Contains("No language model is configured", StringComparison.Ordinal) == true, "it says that nobody is there to ask", 60);
        await ApiCaller.ProblemAsync(await _caller.SendAsync(HttpMethod.Post, "/replays", new StartReplay(7, MailboxId: 999, Bands: "90/70/50")), 404);
    }
}
