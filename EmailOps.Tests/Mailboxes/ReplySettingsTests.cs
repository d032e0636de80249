using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Triage;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Mailboxes;

/// <summary>Words saved over the Api stand in the next draft, built-in or a language model's, in every process, and survive what is saved beside them.</summary>
public sealed class ReplySettingsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Parcel = "How long does delivery to Norway take and what does it cost?";

    [Fact]
    public async Task Saved_over_the_Api_they_stand_in_drafts_of_both_kinds_and_the_gate_knows_them()
    {
        await using var consult = await ConsultUnderTest.CreateAsync(postgres, ("Triage:RefreshEvery", "01:00:00"));
        var wakeUps = consult.Store.Get<WakeUps>();
        await wakeUps.StartAsync(CancellationToken.None);
        await using var api = await TestHosts.ApiAsync(consult.Store.ConnectionString);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        var before = await consult.StoreAsync(Parcel);
        await consult.RunAsync();
        Assert.StartsWith("Hello", await DraftAsync(before), StringComparison.Ordinal);

        var path = $"/mailboxes/{consult.Store.Mailbox}/settings";
        var setup = await caller.GetAsync<MailboxSetup>(path);
        var reply = new ReplySettings { Signature = "Nordlicht Ltd, 1 Harbour Street, +44 20 5550 0101", Languages = new Dictionary<string, ReplyWords> { ["en"] = new("Ahoy {name},", "Ahoy,") } };
        SaveMailbox Save(MailboxSetup s, ReplySettings? words) => new(s.Address, s.Name, s.Settings with { Reply = words });
        await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Put, path, Save(setup, new ReplySettings { Signature = "x\r\nBcc: a@b.example" }), setup.Version), 400);
        var saved = await caller.SendAsync<MailboxSetup>(HttpMethod.Put, path, Save(setup, reply), setup.Version);
        Assert.Equal("Ahoy,", saved.Settings.Reply!.Languages["en"].GreetingWithoutName);
        // Null keeps it: the form of the servers knows nothing of these words.
        saved = await caller.SendAsync<MailboxSetup>(HttpMethod.Put, path, Save(saved, null), saved.Version);
        Assert.Equal(reply.Signature, saved.Settings.Reply!.Signature);
        var previews = await caller.SendAsync<ReplyPreview[]>(HttpMethod.Post, $"/mailboxes/{setup.Id}/reply-preview", new PreviewReply(Name: "Jana Weber"));
        Assert.Contains("Ahoy Jana Weber,", previews.Single(p => p.Language == "en").Body, StringComparison.Ordinal);
        await ApiCaller.ProblemAsync(await caller.SendAsync(HttpMethod.Post, "/mailboxes/999/reply-preview", new PreviewReply()), 404);

        // Announced: this worker looks at settings once an hour.
        var pipeline = () => consult.Store.Get<TriageSource>().RepliesAsync(setup.Id, CancellationToken.None);
        await Wait.UntilAsync(async () => (await pipeline()).ByLanguage["en"].Greeting == "Ahoy {name},", "the worker has the words", 60);
        var own = await consult.StoreAsync(Parcel);
        await consult.RunAsync();
        var body = await DraftAsync(own);
        Assert.StartsWith("Ahoy Ada,", body, StringComparison.Ordinal);
        Assert.EndsWith(reply.Signature, body, StringComparison.Ordinal);
        Assert.True((await caller.GetAsync<MessageDetail>($"/messages/{own}")).Draft!.Grounding!.IsGrounded);

        // A language model's words stand between the same ones, and the gate takes them for the team's.
        var message = TriageUnderTest.Mail(Parcel) with { MailboxId = setup.Id };
        var built = (await consult.Store.Get<TriageSource>().PipelineAsync(setup.Id, CancellationToken.None)).Run(message);
        var sentence = PromptWriter.Passages(built)[0].Passage.Sentences.First(s => s.Length > 30);
        consult.Ollama.Answer = _ => ModelSays.Json(new { paragraphs = new[] { new { text = sentence, passages = new[] { 1 } } } });
        var consulted = await consult.Store.Get<ConsultDesk>().AskAsync(message, built, new ConsultPlan(ConsultQuestions.Draft, "test"), new ModelPolicy { Use = ModelUse.Always }, CancellationToken.None);
        Assert.Null(consulted.Degraded);
        Assert.StartsWith("Ahoy", consulted.Result.Draft!.Body, StringComparison.Ordinal);
        Assert.Contains(sentence, consulted.Result.Draft.Body, StringComparison.Ordinal);
        Assert.EndsWith(reply.Signature, consulted.Result.Draft.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(consulted.Result.Signals, s => s.Name == DraftGrounding.Signal);

        // Emptied, the taxonomy's words are back.
        saved = await caller.SendAsync<MailboxSetup>(HttpMethod.Put, path, Save(saved, new ReplySettings()), saved.Version);
        Assert.Null(saved.Settings.Reply);
        await Wait.UntilAsync(async () => (await pipeline()).ByLanguage["en"].Greeting != "Ahoy {name},", "the worker has the taxonomy's words", 60);
        await wakeUps.StopAsync(CancellationToken.None);

        async Task<string> DraftAsync(long message) => await consult.Store.AskAsync<string>($"select body from draft where message_id = {message} and state <> 'Superseded'");
    }
}
