using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Data.Lessons;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Lessons;

/// <summary>An evaluation that asks the language model says what that took, and what was left to the built-in model.</summary>
public sealed class EvaluationAskingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Rows = "text,category\n\"Could somebody look into the choir rehearsal we spoke about by telephone?\",shipping\n\"The thing with the rehearsal room, is it settled?\",shipping\n\"And the piano tuner, did he come on Tuesday?\",shipping\n\"Is the organ loft open?\",account\n";

    [Fact]
    public async Task Rows_are_asked_about_up_to_the_limit_and_the_report_has_calls_tokens_cost_and_seconds()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres, ("LanguageModels:Providers:0:PricePerMillionIn", "10"));
        var view = await RunAsync(consult, 3);
        var asking = view.Evaluation!.Asking!;
        Assert.Equal((4, 3), (asking.Wanted, asking.Asked));
        Assert.Equal((asking.Calls, asking.Cost), (view.Evaluation.ModelCalls, view.Evaluation.Cost));
        Assert.True(asking is { Calls: 3, TokensIn: > 100, TokensOut: > 0, Seconds: > 0, Unusable: 0 }, asking.ToString());
        Assert.Equal(1, Assert.Single(asking.Left).Rows);
        Assert.Contains("At most 3 rows", asking.Left[0].Reason, StringComparison.Ordinal);
        // Only for what has a right answer in the file.
        Assert.All(consult.Ollama.Asked, a => Assert.Contains("category", a.Schema!.Value.GetRawText(), StringComparison.Ordinal));
        Assert.Equal(asking.TokensIn + asking.TokensOut, await consult.Store.AskAsync<long>("select tokens from model_spend where mailbox_id = 0"));

        await consult.PolicyAsync(new ModelPolicy { Use = ModelUse.Never });
        await using var strict = await ConsultUnderTest.OpenAsync(consult.Store.ConnectionString);
        Assert.Contains("no language model is asked", (await RunAsync(strict, 3)).Problem, StringComparison.Ordinal);
        Assert.Null((await RunAsync(strict, null)).Evaluation!.Asking);
    }

    [Fact]
    public async Task A_server_that_is_away_leaves_the_built_in_judgement_and_is_named()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        consult.Ollama.Answer = _ => ModelSays.Status(500);
        var asking = (await RunAsync(consult, 50)).Evaluation!.Asking!;
        Assert.Equal((4, 0, 0L), (asking.Wanted, asking.Asked, asking.Calls));
        Assert.Equal(4, asking.Left.Sum(l => l.Rows));
        Assert.True(consult.Ollama.Asked.Count <= 3, $"{consult.Ollama.Asked.Count} questions although nobody answered");
    }

    [Fact]
    public async Task Drift_of_a_mailbox_without_figures_is_measured_again_as_soon_as_it_has_mail()
    {
        await using var at = await LearningUnderTest.CreateAsync(postgres);
        var drift = at.Get<DriftStore>();
        Assert.Equal([at.Mailbox], await drift.DueAsync(TimeSpan.FromHours(1), CancellationToken.None));
        Assert.Equal(0, (await drift.MeasureAsync(at.Mailbox, CancellationToken.None)).Current);
        Assert.Empty(await drift.DueAsync(TimeSpan.FromHours(1), CancellationToken.None));
        await at.MailAsync("Where is it", "Where is my parcel?");
        Assert.Equal([at.Mailbox], await drift.DueAsync(TimeSpan.FromHours(1), CancellationToken.None));
    }

    private static async Task<AssessmentView> RunAsync(ConsultUnderTest consult, int? most)
    {
        var (store, owner) = (consult.Store.Get<AssessmentStore>(), Guid.CreateVersion7());
        var id = await store.AddAsync(AssessmentKind.Evaluation, consult.Store.Mailbox, new AssessmentAsked("rows.csv", null, Most: most), Encoding.UTF8.GetBytes(Rows), "test", owner, CancellationToken.None);
        return await consult.Store.Get<Assessor>().RunAsync((await store.FindAsync(id, CancellationToken.None))!, owner, null, CancellationToken.None);
    }
}
