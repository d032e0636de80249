using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Labels;

/// <summary>The real Api and two real workers on one database.</summary>
public sealed class LabelHostTests(PostgresFixture postgres) : TwoWorkers(postgres)
{
    [Fact]
    public async Task Labels_put_on_over_the_Api_are_proposed_by_both_workers_within_seconds()
    {
        var labels = $"/mailboxes/{Store.Mailbox}/labels";
        var made = await Caller.SendAsync<LabelView>(HttpMethod.Post, labels, new SaveLabel(" Wholesale ", "orders of shops"));
        Assert.Equal(("Wholesale", 1, 16), (made.Name, made.Version, made.Missing));
        foreach (var (bad, status) in new[] { (new SaveLabel("wholesale"), 409), (new SaveLabel(" "), 400), (new SaveLabel(new string('x', 41)), 400), (new SaveLabel("a\nb"), 400), (new SaveLabel("a", new string('x', 201)), 400) })
            await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, labels, bad), status);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, "/mailboxes/999/labels", new SaveLabel("x")), 404);

        var with = await Store.MailsAsync(10, LabelsUnderTest.Wholesale);
        var without = await Store.MailsAsync(10, LabelsUnderTest.Customer);
        var stranger = await Store.AskAsync<long>("select max(id) from message") + 1000;
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/messages/{stranger}/labels/{made.Id}", null), 404);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/messages/{with[0]}/labels/999", null), 404);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/labels/{made.Id}/messages", new LabelMessages([])), 400);
        Assert.Equal(new LabelledView(9, 9), await Caller.SendAsync<LabelledView>(HttpMethod.Post, $"/labels/{made.Id}/messages", new LabelMessages(with[1..])));
        Assert.Equal(new LabelledView(10, 10), await Caller.SendAsync<LabelledView>(HttpMethod.Post, $"/labels/{made.Id}/messages", new LabelMessages(without, On: false)));
        var began = TimeProvider.System.GetTimestamp();
        var detail = await Caller.SendAsync<MessageDetail>(HttpMethod.Put, $"/messages/{with[0]}/labels/{made.Id}", null);
        Assert.True(Assert.Single(detail.Labels) is { State: LabelState.Set, By: "Olga" });
        Assert.Equal(["Wholesale"], detail.Message.Labels);

        // Both judge by labels: announced, not looked for.
        var pipelines = () => Task.WhenAll(Workers.Select(async w => (await w.Services.GetRequiredService<TriageSource>().PipelineAsync(Store.Mailbox, CancellationToken.None)).ModelVersion));
        await Wait.UntilAsync(async () => (await pipelines()).All(v => v.Contains("-l", StringComparison.Ordinal)), "both workers judge by labels", 60);
        await Wait.UntilAsync(async () => (await Caller.GetAsync<ModelView>($"/models/{Store.Mailbox}?topic=Labels")) is { Waiting: 0, Number: > 0 }, "all is learned", 60);
        Console.WriteLine($"From the last label to all learned: {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0} ms");
        await Wait.UntilAsync(async () => (await Task.WhenAll(pipelines())).SelectMany(v => v).Distinct().Count() == 1, "both have the same version", 60);
        await Store.StoreAsync(MailText.Of(subject: "Reorder", body: "We run a shop and want to reorder 12 cartons at trade terms, what are the pallet costs?"));
        var next = await Store.AskAsync<long>("select max(id) from message");
        await Wait.UntilAsync(() => Store.AskAsync<bool>($"select exists (select from decision where message_id = {next})"), "it is decided", 60);
        var proposal = Assert.Single((await Caller.GetAsync<MessageDetail>($"/messages/{next}")).Labels);
        Assert.True(proposal is { State: LabelState.Proposed, Probability: > 0.5, Reason.Length: > 0 });
        Assert.True(Assert.Single(await Caller.GetAsync<LabelView[]>(labels)) is { IsProposed: true, Missing: 0, MissingWords: null });

        // Words that are not stored are judged by the mailbox's model where it is named.
        var asked = new ClassifyRequest(new ClassifyEmail("Reorder", "We run a shop and want to reorder 12 cartons at trade terms, what are the pallet costs?"), TestStore.Address.ToUpperInvariant());
        var own = await Caller.SendAsync<ClassifyResponse>(HttpMethod.Post, Routes.Classify, asked);
        Assert.True(own is { Mailbox: TestStore.Address, Version: 0, LabelVersion: > 0 });
        Assert.Equal(made.Id, Assert.Single(own.Triage.Labels).Id);
        Assert.Contains($"-l{own.LabelVersion}", own.Triage.ModelVersion, StringComparison.Ordinal);
        Assert.True(await Caller.SendAsync<ClassifyResponse>(HttpMethod.Post, Routes.Classify, asked with { Mailbox = null }) is { Mailbox: null, LabelVersion: 0, Triage.Labels.Count: 0 });
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, Routes.Classify, asked with { Mailbox = "nobody@shop.example" }), 400);

        // The inbox pages by label.
        var first = await Caller.GetAsync<MessagePage>($"/messages?label={made.Id}&take=6");
        var second = await Caller.GetAsync<MessagePage>($"/messages?label={made.Id}&take=6&cursor={first.NextCursor}");
        Assert.Equal(with.Order(), first.Items.Concat(second.Items).Select(m => m.Id).Order());
        Assert.Equal(10, first.Counts.Values.Sum());
        Assert.Null(second.NextCursor);

        // Turned down, it is off; the same word again changes nothing.
        var off = await Caller.SendAsync<MessageDetail>(HttpMethod.Delete, $"/messages/{next}/labels/{made.Id}", null);
        Assert.Equal(LabelState.Off, Assert.Single(off.Labels).State);
        var model = await Caller.GetAsync<ModelView>($"/models/{Store.Mailbox}?topic=Labels");
        var back = await Caller.SendAsync<ModelView>(HttpMethod.Post, $"/models/{Store.Mailbox}/rollback?topic=Labels", new RollBackModel(0), model.Revision);
        Assert.True(back is { Number: 0, IsPinned: true, Topic: ModelTopic.Labels });
        await Wait.UntilAsync(async () => (await pipelines()).All(v => !v.Contains("-l", StringComparison.Ordinal)), "both workers propose nothing", 60);

        // Renamed, retired, restored, each on the version that was seen.
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/labels/{made.Id}", new SaveLabel("B2B")), 428);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Put, $"/labels/{made.Id}", new SaveLabel("B2B"), 7), 412);
        var renamed = await Caller.SendAsync<LabelView>(HttpMethod.Put, $"/labels/{made.Id}", new SaveLabel("B2B"), made.Version);
        Assert.Equal(("B2B", 10), (renamed.Name, renamed.With));
        var retired = await Caller.SendAsync<LabelView>(HttpMethod.Post, $"/labels/{made.Id}/retire", null, renamed.Version);
        Assert.Empty(await Caller.GetAsync<LabelView[]>(labels));
        Assert.Empty((await Caller.GetAsync<MessageDetail>($"/messages/{with[0]}")).Message.Labels);
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/labels/{made.Id}/retire", null, retired.Version), 409);
        await Caller.SendAsync<LabelView>(HttpMethod.Post, labels, new SaveLabel("b2b"));
        await ApiCaller.ProblemAsync(await Caller.SendAsync(HttpMethod.Post, $"/labels/{made.Id}/restore", null, retired.Version), 409);
        Assert.Equal(2, (await Caller.GetAsync<LabelView[]>($"{labels}?retired=true")).Length);
    }
}
