using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Lessons;

/// <summary>Other prompts on past mail, before a stand-in model server that answers by the prompt it was given.</summary>
public sealed class PromptReplayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Delivery = "How long does delivery to Germany take?";
    private const string Mark = "Of two that fit choose the later one.";
    private const string State = """
        select concat_ws('|', (select string_agg(md5(d::text), '' order by message_id) from decision d), (select string_agg(md5(t::text), '' order by message_id) from triage_result t), (select string_agg(md5(c::text), '' order by message_id) from consultation c),
            (select count(*) from consultation_call), (select string_agg(md5(d::text), '' order by id) from draft d), (select count(*) from outbound_message), (select count(*) from work_item), (select string_agg(md5(m::text), '' order by id) from message m), (select count(*) from lesson))
        """;
    private readonly Guid _owner = Guid.NewGuid();

    private static Dictionary<string, string> Tried => new() { ["judge"] = PromptLibrary.BuiltIn("judge").Replace("version: 1", "version: 2", StringComparison.Ordinal).Replace("[user]", $"{Mark}\n[user]", StringComparison.Ordinal) };

    /// <summary>Mail of the last day, judged and decided with the model.</summary>
    private static async Task<List<long>> MailAsync(ConsultUnderTest consult, int count)
    {
        List<long> ids = [];
        for (var i = 0; i < count; i++) ids.Add(await consult.StoreAsync($"{Delivery} I order {i} shirts.", "Delivery"));
        await consult.Store.ExecuteAsync("update message set received_at = now() - interval '1 day'");
        await consult.RunAsync();
        consult.Ollama.Asked.Clear();
        return ids;
    }

    /// <summary>Shipping, as the built-in model says; with the tried prompt a complaint, which makes both unsure.</summary>
    private static ModelSays ByPrompt(AskedModel asked) => asked.System.Contains(Mark, StringComparison.Ordinal) ? ModelSays.Json(new { category = "complaint", priority = 9, reason = "It says so." }) : ConsultUnderTest.Sensible(asked);

    private async Task<AssessmentView> RunAsync(ConsultUnderTest consult, AssessmentAsked asked, IReadOnlyDictionary<string, string>? prompts = null)
    {
        var store = consult.Store.Get<AssessmentStore>();
        await store.AddAsync(AssessmentKind.Replay, consult.Store.Mailbox, asked with { Prompts = prompts is null ? null : ["tried"] }, prompts is null ? null : ReplayDesk.Keep(prompts), "Olga", null, CancellationToken.None);
        return await consult.Store.Get<Assessor>().RunAsync((await store.TakeAsync(_owner, CancellationToken.None))!, _owner, null, CancellationToken.None);
    }

    [Fact]
    public async Task A_changed_prompt_lists_the_decisions_it_would_change_and_writes_nothing()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres, ("Cache:Enabled", "true"), ("LanguageModels:Providers:0:PricePerMillionIn", "1"), ("LanguageModels:Providers:0:PricePerMillionOut", "1"));
        var mails = await MailAsync(consult, 3);
        var (before, spent) = (await consult.Store.AskAsync<string>(State), await consult.Store.AskAsync<decimal>("select sum(money) from model_spend where mailbox_id = 0"));
        consult.Ollama.Answer = ByPrompt;

        var view = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50), Tried);

        Assert.Null(view.Problem);
        var asking = view.Replay!.Asking!;
        Assert.StartsWith("judge/2-", Assert.Single(asking.Prompts), StringComparison.Ordinal);
        Assert.Equal((3, 3, 0), (asking.Wanted, asking.Asked, asking.Unusable));
        Assert.Empty(asking.Left);
        Assert.Equal(3, view.Replay.PrioritiesChanged);
        var changes = await consult.Store.Get<AssessmentStore>().ChangesAsync(view.Id, 0, 100, CancellationToken.None);
        Assert.Equal(mails.Order(), changes.Select(c => c.MessageId).Order());
        Assert.All(changes, c => Assert.Equal(("shipping", c.Decided!.Value), (c.CategoryBefore, c.Before)));
        Assert.All(changes, c => Assert.True(c.ConfidenceAfter < c.ConfidenceBefore && c.Before != c.After, $"{c}"));
        // What is in force was asked when the mail came in, so only the tried prompt costs.
        Assert.Equal((3, 3), (asking.Calls, consult.Ollama.Asked.Count(a => a.System.Contains(Mark, StringComparison.Ordinal))));
        Assert.True(asking.Known >= 3);
        Assert.True(asking is { TokensIn: > 100, TokensOut: > 3, Cost: > 0 });
        Assert.Equal(asking.Cost, await consult.Store.AskAsync<decimal>("select sum(money) from model_spend where mailbox_id = 0") - spent, 6);
        Assert.Equal(before, await consult.Store.AskAsync<string>(State));

        var again = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50), Tried);
        Assert.Equal((0L, 0m, view.Replay.Changed), (again.Replay!.Asking!.Calls, again.Replay.Asking.Cost, again.Replay.Changed));
    }

    [Fact]
    public async Task No_more_messages_are_asked_about_than_was_said_and_the_others_are_not_compared()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        var mails = await MailAsync(consult, 4);
        consult.Ollama.Answer = ByPrompt;
        var view = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 1), Tried);
        var asking = view.Replay!.Asking!;
        Assert.Equal((4, 4, 1), (view.Replay.Messages, asking.Wanted, asking.Asked));
        Assert.Equal((1, 1), (view.Replay.Changed, consult.Ollama.Asked.Count(a => a.System.Contains(Mark, StringComparison.Ordinal))));
        var left = Assert.Single(asking.Left);
        Assert.Equal(3, left.Count);
        Assert.Subset(mails.ToHashSet(), left.First.ToHashSet());
        Assert.Contains("At most 1 ", left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_provider_goes_away_midway_the_rest_is_named_with_the_reason()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        var mails = await MailAsync(consult, 6);
        var before = await consult.Store.AskAsync<string>(State);
        consult.Ollama.Answer = asked => consult.Ollama.Asked.Count(a => a.System.Contains(Mark, StringComparison.Ordinal)) > 2 || consult.Ollama.Asked.Count(a => a.System.Contains("You sort mail", StringComparison.Ordinal)) > 4 ? ModelSays.Status(500) : ByPrompt(asked);

        var view = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50), Tried);

        Assert.Null(view.Problem);
        var asking = view.Replay!.Asking!;
        Assert.Equal((6, 6, 2, 2), (view.Replay.Messages, asking.Wanted, asking.Asked, view.Replay.Changed));
        Assert.Equal(4, asking.Left.Sum(l => l.Count));
        Assert.Equal(4, asking.Left.SelectMany(l => l.First).Intersect(mails).Count());
        Assert.All(asking.Left, l => Assert.Contains("500", l.Reason, StringComparison.Ordinal));
        // Two in vain, then nobody is asked any more.
        Assert.InRange(consult.Ollama.Asked.Count(a => a.System.Contains("You sort mail", StringComparison.Ordinal)), 5, 6);
        Assert.Equal(before, await consult.Store.AskAsync<string>(State));
    }

    [Fact]
    public async Task A_spent_budget_ends_it_and_answers_of_no_use_are_counted()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        await MailAsync(consult, 3);
        consult.Ollama.Answer = asked => asked.System.Contains(Mark, StringComparison.Ordinal) ? ModelSays.Text("Sure! It is a complaint.") : ConsultUnderTest.Sensible(asked);
        var useless = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50), Tried);
        Assert.Equal((3, 3), (useless.Replay!.Asking!.Asked, useless.Replay.Asking.Unusable));

        await consult.PolicyAsync(new ModelPolicy { Use = ModelUse.Always, TokensPerDay = 1 });
        await using var poor = await ConsultUnderTest.OpenAsync(consult.Store.ConnectionString);
        var spent = await RunAsync(poor, new AssessmentAsked(Days: 3, Most: 50), Tried);
        Assert.Equal((3, 0, 0L), (spent.Replay!.Asking!.Wanted, spent.Replay.Asking.Asked, spent.Replay.Asking.Calls));
        Assert.Contains("tokens", Assert.Single(spent.Replay.Asking.Left).Reason, StringComparison.Ordinal);
        Assert.Empty(poor.Ollama.Asked);
    }

    [Fact]
    public async Task Asking_alone_shows_what_the_model_adds_and_without_a_model_it_says_what_to_set()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        await MailAsync(consult, 2);
        consult.Ollama.Answer = _ => ModelSays.Json(new { category = "complaint", priority = 10, reason = "x" });
        var view = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50));
        Assert.Equal((2, 2), (view.Replay!.Asking!.Asked, view.Replay.PrioritiesChanged));
        Assert.Empty(view.Replay.Asking.Prompts);
        // Beside something else that is tried both sides are asked: what the model adds is no difference then.
        var bands = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50, Bands: "100/99/98"));
        Assert.Equal((2, 0), (bands.Replay!.Asking!.Asked, bands.Replay.PrioritiesChanged));

        await using var bare = await TestStore.OpenAsync(consult.Store.ConnectionString, ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")));
        var store = bare.Get<AssessmentStore>();
        await store.AddAsync(AssessmentKind.Replay, null, new AssessmentAsked(Days: 3, Most: 50), null, "Olga", null, CancellationToken.None);
        var nobody = await bare.Get<Assessor>().RunAsync((await store.TakeAsync(_owner, CancellationToken.None))!, _owner, null, CancellationToken.None);
        Assert.Null(nobody.Replay);
        Assert.Contains("LanguageModels:Providers", nobody.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_cannot_be_used_is_named()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        var lacking = await RunAsync(consult, new AssessmentAsked(Days: 3, Most: 50), new Dictionary<string, string> { ["draft"] = Tried["judge"].Replace("{{mail}}", "", StringComparison.Ordinal) });
        Assert.StartsWith("draft.prompt", lacking.Problem, StringComparison.Ordinal);
        Assert.Empty(consult.Ollama.Asked);
        var desk = consult.Store.Get<ReplayDesk>();
        Assert.Contains("judgement is no prompt", Assert.Throws<PromptException>(() => desk.Versions(new Dictionary<string, string> { ["judgement"] = Tried["judge"] })).Message, StringComparison.Ordinal);
        Assert.Contains("in force already", Assert.Throws<PromptException>(() => desk.Versions(new Dictionary<string, string> { ["judge"] = PromptLibrary.BuiltIn("judge") })).Message, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("emailops-prompts-");
        try
        {
            Assert.Contains(folder.FullName, Assert.Throws<PromptException>(() => PromptLibrary.Read(folder.FullName)).Message, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "summary.prompt"), new string('x', 200_000), Encoding.UTF8);
            Assert.Contains("summary.prompt", Assert.Throws<PromptException>(() => PromptLibrary.Read(folder.FullName)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
