using System.Net;
using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Lessons;

/// <summary>The real Api and two real workers on one database.</summary>
public sealed class LearningHostTests(PostgresFixture postgres) : TwoWorkers(postgres)
{
    private Task<ModelView> ModelAsync() => Caller.GetAsync<ModelView>($"/models/{Store.Mailbox}");

    [Fact]
    public async Task A_correction_is_in_force_in_every_worker_at_once_and_is_rolled_back_there_as_fast()
    {
        await Store.StoreAsync(MailText.Of(subject: "Quota", body: "Could you adjust the wibblestock quota of our warehouse dashboard?"));
        await Wait.UntilAsync(() => Store.AskAsync<bool>("select exists (select from decision)"), "it is decided", 60);
        var pipelines = () => Task.WhenAll(Workers.Select(async w => (await w.Services.GetRequiredService<TriageSource>().PipelineAsync(Store.Mailbox, CancellationToken.None)).ModelVersion));
        Assert.All(await pipelines(), v => Assert.DoesNotContain("+", v, StringComparison.Ordinal));
        var message = await Store.AskAsync<long>("select id from message");
        var was = await Store.AskAsync<string>("select category from triage_result");
        var began = TimeProvider.System.GetTimestamp();
        var detail = await Caller.SendAsync<MessageDetail>(HttpMethod.Post, $"/messages/{message}/category", new CorrectCategory(was == "complaint" ? "account" : "complaint"));
        Assert.True(detail.Message.CategoryCorrected);
        await Wait.UntilAsync(async () => (await pipelines()).All(v => v.Contains($"+{Store.Mailbox}.1-", StringComparison.Ordinal)), "both workers judge by version 1", 60);
        Console.WriteLine($"From the correction to both workers: {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0} ms; made in {(await ModelAsync()).History[0].Seconds * 1000:F0} ms");

        var model = await ModelAsync();
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/models/{Store.Mailbox}/rollback", new RollBackModel(0)), 428);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/models/{Store.Mailbox}/rollback", new RollBackModel(0), model.Revision + 7), 412);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/models/{Store.Mailbox}/rollback", new RollBackModel(9), model.Revision), 400);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/models/999/rollback", new RollBackModel(0), 1), 404);
        var back = await Caller.SendAsync<ModelView>(HttpMethod.Post, $"/models/{Store.Mailbox}/rollback", new RollBackModel(0), model.Revision);
        Assert.True(back is { Number: 0, IsPinned: true });
        await Wait.UntilAsync(async () => (await pipelines()).All(v => !v.Contains('+', StringComparison.Ordinal)), "both workers are back at the base model", 60);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/models/{Store.Mailbox}/retrain", null, back.Revision), 409);

        var lesson = Assert.Single(await Caller.GetAsync<LessonView[]>($"/models/{Store.Mailbox}/lessons"));
        Assert.Equal(("Category", message, "Olga"), (lesson.Kind, lesson.MessageId, lesson.Actor));
        Assert.Equal(HttpStatusCode.NoContent, (await Caller.SendAsync(HttpMethod.Post, $"/lessons/{lesson.Id}/undo", null)).StatusCode);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/lessons/{lesson.Id}/undo", null), 409);
        var free = await Caller.SendAsync<ModelView>(HttpMethod.Post, $"/models/{Store.Mailbox}/unpin", null, (await ModelAsync()).Revision);
        Assert.False(free.IsPinned);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/messages/{message}/priority", new CorrectPriority(11)), 400);
        Assert.Equal(9, (await Caller.SendAsync<MessageDetail>(HttpMethod.Post, $"/messages/{message}/priority", new CorrectPriority(9))).Message.Priority);
    }

    [Fact]
    public async Task Budgets_drift_evaluations_and_replays_are_asked_for_over_the_Api_and_done_by_a_worker()
    {
        var set = await Caller.SendAsync<RiskBudgetView[]>(HttpMethod.Put, $"/models/{Store.Mailbox}/risk", new SaveRiskBudget("", 0.02), 0);
        Assert.Equal("Waiting", Assert.Single(set).State);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/models/{Store.Mailbox}/risk", new SaveRiskBudget("", 0.7), 1), 400);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/models/{Store.Mailbox}/risk", new SaveRiskBudget("nonsense", 0.1), 0), 400);
        await Wait.UntilAsync(async () => (await Caller.GetAsync<DriftView[]>($"/models/{Store.Mailbox}/drift")).Length > 0, "drift was measured", 60);
        var health = await Caller.GetAsync<HealthReportView>("/health/detailed");
        Assert.Equal("healthy", health.Components[$"drift:{TestStore.Address}"].Status);
        // A warning is shown and makes nothing unhealthy.
        await Store.ExecuteAsync("update drift_report set figures = jsonb_set(figures, '{warnings}', '[\"The mix of languages has changed.\"]')");
        health = await Caller.GetAsync<HealthReportView>("/health/detailed");
        Assert.Equal(("warning", "healthy"), (health.Components[$"drift:{TestStore.Address}"].Status, health.Status));

        using var form = new MultipartFormDataContent { { new ByteArrayContent("text,category\nwhere is my parcel,shipping\nx,nonsense\n"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } }, "file", "rows.csv" } };
        var asked = await ApiCaller.ReadAsync<AssessmentView>(await Caller.Http.PostAsync("/evaluations", form));
        await Wait.UntilAsync(async () => (await Caller.GetAsync<AssessmentView>($"/assessments/{asked.Id}")).Evaluation is { Score.Rows: 1, BadRowCount: 1 }, "the evaluation is done", 60);

        var replay = await Caller.SendAsync<AssessmentView>(HttpMethod.Post, "/replays", new StartReplay(7, Bands: "90/70/50"));
        await Wait.UntilAsync(async () => (await Caller.GetAsync<AssessmentView>($"/assessments/{replay.Id}")).Replay is not null, "the replay is done", 60);
        Assert.Empty(await Caller.GetAsync<DecisionChange[]>($"/assessments/{replay.Id}/changes"));
        foreach (var bad in new[] { new StartReplay(0, Bands: "90/70/50"), new StartReplay(7), new StartReplay(7, Bands: "x"), new StartReplay(7, Risk: 2), new StartReplay(7, Model: 3) })
            await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/replays", bad), 400);
        foreach (var (bad, why) in new[] { (new StartReplay(7, Prompts: new Dictionary<string, string> { ["judge"] = "sort it" }), "judge.prompt must begin"), (new StartReplay(7, Prompts: new Dictionary<string, string>()), "has no prompt"), (new StartReplay(7, AskModel: true, Most: 0), "most"), (new StartReplay(7, AskModel: true, Taxonomy: "version: 1"), "taxonomy in force") })
            Assert.Contains(why, (await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/replays", bad), 400)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        var alone = await Caller.SendAsync<AssessmentView>(HttpMethod.Post, "/replays", new StartReplay(7, AskModel: true));
        Assert.Equal(50, alone.Asked.Most);
        await Wait.UntilAsync(async () => (await Caller.GetAsync<AssessmentView>($"/assessments/{alone.Id}")).Problem?.Contains("No language model is configured", StringComparison.Ordinal) == true, "it says that nobody is there to ask", 60);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/replays", new StartReplay(7, MailboxId: 999, Bands: "90/70/50")), 404);
    }
}
