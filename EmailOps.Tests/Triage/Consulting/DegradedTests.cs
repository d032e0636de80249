using EmailOps.Core.Contracts;
using EmailOps.Core.Work;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Triage.Consulting;

/// <summary>Whatever a model server does, the message is judged and decided at once; when it is back, it is judged again.</summary>
public sealed class DegradedTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, Func<AskedModel, ModelSays>> s_misbehaviours = new()
    {
        ["model not there"] = asked => ModelSays.Missing(asked.Model),
        ["500"] = _ => ModelSays.Status(500),
        ["429"] = _ => ModelSays.RateLimited(null),
        ["400"] = _ => ModelSays.Status(400),
        ["silent"] = _ => ModelSays.Nothing,
        ["JSON cut off"] = _ => ModelSays.CutJson,
        ["connection cut off"] = _ => ModelSays.CutBody,
        ["no JSON"] = _ => ModelSays.Text("Sure! It is about shipping."),
        ["cut answer"] = _ => ModelSays.TooLong("{\"category\":\"shipping\",\"pri"),
        ["another schema"] = _ => ModelSays.Json(new { answer = "shipping" }),
        ["a category of its own"] = _ => ModelSays.Json(new { category = "reply_at_once", priority = 5, reason = "" }),
        ["says what it was asked"] = ModelSays.Echo,
        ["a page of HTML"] = _ => ModelSays.Raw("text/html", "<html>Please sign in</html>"),
        ["endless"] = _ => ModelSays.Endless,
    };

    public static TheoryData<string> Misbehaviours => [.. s_misbehaviours.Keys];

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task A_message_is_decided_on_the_built_in_judgement_and_judged_again_when_the_model_is_back(string name)
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres, ("Consulting:TimeBudget", name is "silent" or "endless" ? "00:00:01" : "00:00:30"), ("LanguageModels:MaxAnswerBytes", "65536"));
        consult.Ollama.Answer = s_misbehaviours[name];
        var message = await consult.StoreAsync();
        await consult.RunAsync(Stage.Triage);
        var (built, builtConfidence) = (await consult.CategoryAsync(message), await consult.Store.AskAsync<float>("select confidence from triage_result"));
        Assert.False(await consult.IsDegradedAsync(message));
        Assert.Equal("none", await consult.DecisionAsync(message));

        await consult.RunAsync();
        Assert.NotEmpty(consult.Ollama.Asked);
        Assert.True(await consult.IsDegradedAsync(message));
        Assert.NotEqual("none", await consult.DecisionAsync(message));
        Assert.Equal((built, builtConfidence), (await consult.CategoryAsync(message), await consult.Store.AskAsync<float>("select confidence from triage_result")));
        var missed = await consult.ConsultationAsync(message);
        Assert.Equal(ConsultationOutcome.Degraded, missed.Outcome);
        Assert.NotNull(missed.JudgeAgainAt);
        Assert.NotEmpty(missed.Reason);
        Assert.NotEmpty(missed.Calls);
        Assert.All(missed.Calls, c => Assert.NotNull(c.Problem));
        // At most one attempt at repair.
        Assert.InRange(consult.Ollama.Asked.Count, 1, 2);

        consult.Ollama.Answer = ConsultUnderTest.Sensible;
        Assert.Equal(1, await consult.JudgeAgainAsync());
        Assert.False(await consult.IsDegradedAsync(message));
        var answered = await consult.ConsultationAsync(message);
        Assert.Equal((ConsultationOutcome.Answered, null), (answered.Outcome, answered.JudgeAgainAt));
        Assert.Equal(("stand-in", "llama3.2:3b"), (answered.Calls[^1].Stamp.Provider, answered.Calls[^1].Stamp.Model));
        Assert.StartsWith("judge/", answered.Calls[^1].Stamp.Prompt, StringComparison.Ordinal);
        Assert.Equal(0, await consult.JudgeAgainAsync());
        Assert.Equal(0L, await consult.Store.AskAsync<long>("select count(*) from work_item"));
        Assert.Equal(1L, await consult.Store.AskAsync<long>("select count(*) from decision"));
    }

    [Fact]
    public async Task While_nobody_can_be_asked_messages_go_from_triage_to_policy_without_a_stop()
    {
        await using var other = await ConsultUnderTest.CreateAsync(postgres, ("LanguageModels:Providers:0:Endpoint", StandInOllama.Nobody().AbsoluteUri));
        var message = await other.StoreAsync();
        await other.RunAsync(Stage.Triage);
        Assert.Equal([(short)Stage.Policy], await other.Store.ColumnAsync<short>("select stage from work_item"));
        Assert.True(await other.IsDegradedAsync(message));
        await other.RunAsync(Stage.Policy);
        Assert.NotEqual("none", await other.DecisionAsync(message));
        Assert.StartsWith("No language model answers", (await other.ConsultationAsync(message)).Reason, StringComparison.Ordinal);
        Assert.Empty(other.Ollama.Asked);
        // Still nobody there: it keeps waiting for the model, and is not asked about for nothing.
        Assert.Equal(0, await other.JudgeAgainAsync());
        Assert.NotNull((await other.ConsultationAsync(message)).JudgeAgainAt);
    }

    [Fact]
    public async Task An_answer_that_can_never_be_used_is_not_asked_for_again_and_again()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        consult.Ollama.Answer = _ => ModelSays.Text("no");
        var message = await consult.StoreAsync();
        await consult.RunAsync();
        Assert.Equal(1, await consult.JudgeAgainAsync());
        Assert.Equal(1, await consult.JudgeAgainAsync());
        Assert.Equal(0, await consult.JudgeAgainAsync());
        Assert.Null((await consult.ConsultationAsync(message)).JudgeAgainAt);
        Assert.Equal(6, consult.Ollama.Asked.Count);
        Assert.True(await consult.IsDegradedAsync(message));
    }

    [Fact]
    public async Task One_repair_is_asked_for_with_what_was_wrong()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        consult.Ollama.Answer = asked => asked.Messages.Count == 2 ? ModelSays.Text("It is about shipping.") : ConsultUnderTest.Sensible(asked);
        var message = await consult.StoreAsync();
        await consult.RunAsync();
        Assert.False(await consult.IsDegradedAsync(message));
        Assert.Equal(["system", "user", "assistant", "user"], consult.Ollama.Asked.Last().Messages.Select(m => m.Role));
        Assert.Contains("it is not one whole JSON object", consult.Ollama.Asked.Last().Last, StringComparison.Ordinal);
        Assert.Equal(2, (await consult.ConsultationAsync(message)).Calls.Count);
    }

    [Fact]
    public async Task The_budget_is_a_hard_stop_until_the_next_day()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        await consult.PolicyAsync(new ModelPolicy { Use = ModelUse.Always, TokensPerDay = 1_000, MoneyPerDay = null });
        var message = await consult.StoreAsync();
        await consult.RunAsync();
        Assert.Empty(consult.Ollama.Asked);
        var missed = await consult.ConsultationAsync(message);
        Assert.Equal(ConsultationOutcome.Degraded, missed.Outcome);
        Assert.Equal(new DateTimeOffset(missed.At.UtcDateTime.Date.AddDays(1), TimeSpan.Zero), missed.JudgeAgainAt);
        Assert.NotEqual("none", await consult.DecisionAsync(message));
        Assert.Equal(0, await consult.JudgeAgainAsync());

        // The next day, or a person who allows more.
        await consult.PolicyAsync(new ModelPolicy { Use = ModelUse.Always, TokensPerDay = 1_000_000, MoneyPerDay = null });
        await consult.Store.ExecuteAsync("update consultation set judge_again_at = now()");
        await using var later = await ConsultUnderTest.OpenAsync(consult.Store.ConnectionString);
        Assert.Equal(1, await later.JudgeAgainAsync());
        Assert.False(await later.IsDegradedAsync(message));
    }

    [Fact]
    public async Task Old_messages_are_history()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        consult.Ollama.Answer = _ => ModelSays.Status(500);
        var message = await consult.StoreAsync();
        await consult.RunAsync();
        await consult.Store.ExecuteAsync("update message set stored_at = now() - interval '4 days'");
        consult.Ollama.Answer = ConsultUnderTest.Sensible;
        Assert.Equal(0, await consult.JudgeAgainAsync());
        Assert.True(await consult.IsDegradedAsync(message));
        Assert.Null((await consult.ConsultationAsync(message)).JudgeAgainAt);
    }
}
