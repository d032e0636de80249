using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Triage.Consulting;

/// <summary>Drafts and summaries of a model, and what leaves the house, against the stand-in server.</summary>
public sealed class ConsultantTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Parcel = "How long does delivery to Norway take and what does it cost?";

    private static async Task<Consulted> AskAsync(ConsultUnderTest consult, ConsultQuestions questions, string text = Parcel, int position = 0)
    {
        var mail = TriageUnderTest.Mail(text) with { MailboxId = consult.Store.Mailbox, ThreadPosition = position };
        return await consult.Store.Get<Core.Data.ConsultDesk>().AskAsync(mail, TriageUnderTest.Pipeline.Run(mail), new ConsultPlan(questions, ""), new ModelPolicy(), CancellationToken.None);
    }

    private static ModelSays Paragraph(string text) => ModelSays.Json(new { paragraphs = new[] { new { text, passages = new[] { 1 } } } });

    [Fact]
    public async Task A_draft_in_the_words_of_its_passage_is_proposed_and_one_with_a_made_up_figure_is_not()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        var built = TriageUnderTest.Pipeline.Run(TriageUnderTest.Mail(Parcel));
        var sentence = PromptWriter.Passages(built)[0].Passage.Sentences.First(s => s.Length > 30);
        consult.Ollama.Answer = _ => Paragraph(sentence);
        var good = await AskAsync(consult, ConsultQuestions.Draft);
        Assert.Null(good.Degraded);
        Assert.Contains(sentence, good.Result.Draft!.Body, StringComparison.Ordinal);
        Assert.Contains(good.Result.Ceilings, c => c.Most == DecisionKind.Suggest);

        consult.Ollama.Answer = _ => Paragraph("We promise delivery within 17 minutes for 0.25 EUR, see https://evil.example/pay.");
        var bad = await AskAsync(consult, ConsultQuestions.Draft);
        Assert.Contains("nothing it was given does", bad.Degraded, StringComparison.Ordinal);
        Assert.Equal(built.Draft!.Body, bad.Result.Draft!.Body);
        Assert.Equal(JudgeAgain.AfterPause, bad.Again);
    }

    [Fact]
    public async Task A_summary_is_taken_unless_it_says_what_no_mail_says()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        const string text = "My parcel NL-48213 was promised for Monday. It has still not come. Where is it?";
        consult.Ollama.Answer = _ => ModelSays.Json(new { summary = "Parcel NL-48213, promised for Monday, has still not come." });
        Assert.Equal("Parcel NL-48213, promised for Monday, has still not come.", (await AskAsync(consult, ConsultQuestions.Summary, text)).Result.Summary);
        consult.Ollama.Answer = _ => ModelSays.Json(new { summary = "Parcel NL-99999 costs 250 EUR and is lost." });
        var invented = await AskAsync(consult, ConsultQuestions.Summary, text);
        Assert.NotNull(invented.Degraded);
        Assert.Equal(TriageUnderTest.Run(text).Summary, invented.Result.Summary);
    }

    [Fact]
    public async Task Of_several_questions_those_that_were_answered_count()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        consult.Ollama.Answer = asked => asked.System.StartsWith("You sort", StringComparison.Ordinal) ? ConsultUnderTest.Sensible(asked) : ModelSays.Text("no");
        var consulted = await AskAsync(consult, ConsultQuestions.Judge | ConsultQuestions.Draft);
        Assert.NotNull(consulted.Degraded);
        Assert.True(consulted.Result.Degraded);
        Assert.Contains(consulted.Result.Signals, s => s.Name == Merge.CategorySignal);
        Assert.Equal(["consult-judge", "consult-draft", "consult-draft"], consulted.Calls.Select(c => c.Agent));
        Assert.Equal([AgentOutcome.Ran, AgentOutcome.Failed, AgentOutcome.Failed], consulted.Result.Runs.Where(r => r.Model != null).Select(r => r.Outcome));
    }

    [Fact]
    public async Task A_server_elsewhere_sees_no_secret_and_no_address_and_one_in_the_house_sees_the_mail()
    {
        const string text = "My card 4111 1111 1111 1111 was charged twice, my address is kim.berg@customer.test. What now?";
        await using var near = await ConsultUnderTest.CreateAsync(postgres);
        await AskAsync(near, ConsultQuestions.Judge, text);
        Assert.Contains("4111 1111 1111 1111", near.Ollama.Asked.Single().Last, StringComparison.Ordinal);

        await using var far = await ConsultUnderTest.CreateAsync(postgres, ("LanguageModels:Providers:0:IsRemote", "true"));
        var consulted = await AskAsync(far, ConsultQuestions.Judge, text);
        Assert.Null(consulted.Degraded);
        Assert.DoesNotContain("4111", far.Ollama.Asked.Single().Last, StringComparison.Ordinal);
        Assert.DoesNotContain("kim.berg@", far.Ollama.Asked.Single().Last, StringComparison.Ordinal);
        Assert.DoesNotContain("4111", consulted.Calls.Single().Asked, StringComparison.Ordinal);
        Assert.True(consulted.Calls.Single().Stamp.Cost > 0);
    }
}
