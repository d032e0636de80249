using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker;

/// <summary>The sample mailbox through intake, triage, policy and delivery, and what operators then do to it.</summary>
[Collection(SampleInstallation.Name)]
public sealed class FlowTests(SampleInstallation installation)
{
    private TestStore Store => installation.Store;

    private ApiCaller Caller => installation.Caller;

    private Task<MessageDetail> DetailAsync(long id) => Caller.GetAsync<MessageDetail>($"/messages/{id}");

    private Task QuietAsync() => Wait.UntilAsync(() => Store.AskAsync<bool>("select not exists (select from work_item where died_at is null)"), "all work is done", seconds: 60);

    private async Task<DraftView> DecideAsync(DraftView draft, string what, object body) => await Caller.SendAsync<DraftView>(HttpMethod.Post, $"/drafts/{draft.Id}/{what}", body, draft.Version);

    [Fact]
    public async Task Every_sample_has_a_line_in_the_ledger_and_every_message_a_decision()
    {
        var files = Directory.GetFiles(Path.Combine(Checkout.Root, "samples", "mailbox")).Length;

        Assert.InRange(await Store.AskAsync<long>("select count(*) from intake_entry"), files, files * 2);
        Assert.Equal(0, await Store.AskAsync<long>("select count(*) from message m where not exists (select from decision d where d.message_id = m.id)"));
        Assert.Equal(0, await Store.AskAsync<long>("select count(*) from message m where not is_unparsable and not exists (select from triage_result t where t.message_id = m.id)"));
        Assert.Equal(0, await Store.AskAsync<long>("select count(*) from work_item where died_at is not null"));
        var run = Assert.Single(await Caller.GetAsync<ImportView[]>(Routes.Imports), r => r.Source == "Sample mailbox");
        Assert.NotNull(run.FinishedAt);
    }

    [Fact]
    public async Task Every_message_has_a_page()
    {
        foreach (var id in await Store.ColumnAsync<long>("select id from message order by id"))
        {
            var detail = await DetailAsync(id);
            Assert.NotNull(detail.Decision);
            Assert.NotEmpty(detail.Decision.Reasons);
            Assert.NotEmpty(detail.Thread);
        }
    }

    [Fact]
    public async Task Automated_and_quarantined_mail_is_never_answered()
    {
        Assert.NotEqual(0, await Store.AskAsync<long>("select count(*) from triage_result where is_automated"));
        Assert.Equal(0, await Store.AskAsync<long>("""
            select count(*) from outbound_message o join triage_result t using (message_id) join decision d using (message_id) where t.is_automated or d.kind in ('File', 'Quarantine')
            """));
    }

    [Fact]
    public async Task Every_answer_that_policy_ordered_is_withheld_exactly_once()
    {
        Assert.Equal(await Store.AskAsync<long>("select count(*) from draft where state = 'Approved' and decided_by = 'policy'"),
            await Store.AskAsync<long>("select count(*) from outbound_message o join draft d on d.id = o.draft_id where d.decided_by = 'policy' and o.state = 'Withheld'"));
        Assert.Equal(0, await Store.AskAsync<long>("select count(*) from decision where kind = 'SendReply' and message_id not in (select message_id from outbound_message)"));
    }

    [Fact]
    public async Task Triage_again_puts_a_new_draft_in_the_place_of_the_old_one()
    {
        var id = await installation.TakeProposedAsync();
        var old = (await DetailAsync(id)).Draft!;

        using var asked = await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/retriage", null);
        using var twice = await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/retriage", null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, asked.StatusCode);
        await QuietAsync();

        var drafts = await Store.ColumnAsync<string>($"select state from draft where message_id = {id} order by id");
        Assert.Equal("Superseded", drafts[0]);
        Assert.Single(drafts, s => s is "Proposed" or "Approved");
        Assert.Equal("Superseded", await Store.AskAsync<string>($"select state from draft where id = {old.Id}"));
        using var late = await Caller.SendAsync(HttpMethod.Post, $"/drafts/{old.Id}/approve", new ApproveDraft(), old.Version + 1);
        await ApiCaller.ProblemAsync(late, 409);
        Assert.Equal(0, await Store.AskAsync<long>("select count(*) from work_item where died_at is not null"));
    }

    [Fact]
    public async Task An_operators_correction_survives_triage()
    {
        var id = await installation.TakeProposedAsync();
        var before = await DetailAsync(id);
        var category = before.Triage!.Category == "feedback" ? "complaint" : "feedback";
        using var unknown = await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/category", new CorrectCategory("no-such"));
        await ApiCaller.ProblemAsync(unknown, 400);
        using var none = await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/category", new { });
        await ApiCaller.ProblemAsync(none, 400);

        await Caller.SendAsync<MessageDetail>(HttpMethod.Post, $"/messages/{id}/category", new CorrectCategory(category));
        (await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/retriage", null)).Dispose();
        await QuietAsync();

        var after = await DetailAsync(id);
        Assert.Equal(category, after.Triage!.Category);
        Assert.True(after.Message.CategoryCorrected);
        Assert.True(after.Triage.JudgedAt > before.Triage.JudgedAt);
        Assert.Equal(before.Triage.Category, await Store.AskAsync<string>($"select from_category from correction where message_id = {id}"));
        Assert.Contains(after.History, h => h is { Action: "message.category", Actor: "Olga" });
    }

    [Fact]
    public async Task Of_many_who_approve_at_once_one_does_and_the_reply_is_withheld_once_however_often_it_is_taken_back()
    {
        var id = await installation.TakeProposedAsync();
        var draft = (await DetailAsync(id)).Draft!;
        using var unsaid = await Caller.SendAsync(HttpMethod.Post, $"/drafts/{draft.Id}/approve", new ApproveDraft());
        await ApiCaller.ProblemAsync(unsaid, 428);
        using var stale = await Caller.SendAsync(HttpMethod.Post, $"/drafts/{draft.Id}/approve", new ApproveDraft(), draft.Version + 7);
        await ApiCaller.ProblemAsync(stale, 412);
        using var empty = await Caller.SendAsync(HttpMethod.Post, $"/drafts/{draft.Id}/approve", new ApproveDraft("  "), draft.Version);
        await ApiCaller.ProblemAsync(empty, 400);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Caller.SendAsync(HttpMethod.Post, $"/drafts/{draft.Id}/approve", new ApproveDraft($"Words of {i}"), draft.Version)));
        Assert.Single(answers, a => a.IsSuccessStatusCode);
        Assert.All(answers.Where(a => !a.IsSuccessStatusCode), a => Assert.Contains((int)a.StatusCode, new[] { 409, 412 }));
        await QuietAsync();
        var first = (await DetailAsync(id)).Outbound!;
        Assert.Equal(OutboundState.Withheld, first.State);
        Assert.StartsWith("Words of", first.Body, StringComparison.Ordinal);

        using var again = await Caller.SendAsync(HttpMethod.Post, $"/messages/{id}/retriage", null);
        await ApiCaller.ProblemAsync(again, 409);
        draft = (await DetailAsync(id)).Draft!;
        for (var round = 0; round < 3; round++)
        {
            draft = await DecideAsync(draft, "reopen", new { });
            Assert.Equal((DraftState.Proposed, null), (draft.State, draft.DecidedBy));
            draft = await DecideAsync(draft, "approve", new ApproveDraft($"Round {round}"));
        }
        await QuietAsync();

        Assert.Equal(1, await Store.AskAsync<long>($"select count(*) from outbound_message where message_id = {id}"));
        var last = (await DetailAsync(id)).Outbound!;
        Assert.Equal((first.Id, OutboundState.Withheld, "Round 2"), (last.Id, last.State, last.Body));

        draft = await DecideAsync((await DetailAsync(id)).Draft!, "reopen", new { });
        await QuietAsync();
        Assert.Equal(OutboundState.Cancelled, (await DetailAsync(id)).Outbound!.State);
        draft = await DecideAsync(draft, "reject", new RejectDraft("not \0 so"));
        Assert.Equal(DraftState.Rejected, draft.State);
        using var late = await Caller.SendAsync(HttpMethod.Post, $"/drafts/{draft.Id}/approve", new ApproveDraft(), draft.Version);
        await ApiCaller.ProblemAsync(late, 409);
    }

    [Fact]
    public async Task An_edit_keeps_what_was_proposed_and_is_refused_when_somebody_was_faster()
    {
        var draft = (await DetailAsync(await installation.TakeProposedAsync())).Draft!;

        var edited = await Caller.SendAsync<DraftView>(HttpMethod.Put, $"/drafts/{draft.Id}", new EditDraft("My words\r\nand \0 more"), draft.Version);
        using var slower = await Caller.SendAsync(HttpMethod.Put, $"/drafts/{draft.Id}", new EditDraft("Other words"), draft.Version);

        Assert.Equal(("My words\nand \uFFFD more", draft.Body, draft.Version + 1), (edited.Body, edited.ProposedBody, edited.Version));
        await ApiCaller.ProblemAsync(slower, 412);
        using var huge = await Caller.SendAsync(HttpMethod.Put, $"/drafts/{draft.Id}", new EditDraft(new string('x', 100_001)), edited.Version);
        await ApiCaller.ProblemAsync(huge, 400);
    }
}
