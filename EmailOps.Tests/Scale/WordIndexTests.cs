using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Scale;

/// <summary>The search of the inbox: what a word finds, and that no message stays without its words.</summary>
public sealed class WordIndexTests(ApiInstallation installation) : IClassFixture<ApiInstallation>, IAsyncLifetime
{
    private WordIndexer Words => installation.Store.Get<WordIndexer>();

    public async Task InitializeAsync()
    {
        if (await installation.Store.AskAsync<long>("select count(*) from message") > 0) return;
        await installation.Store.StoreAsync(
            MailText.Of(id: "a@x.example", subject: "Überweisung ORD-12345", from: "Anna Müller <anna.mueller@example.org>", body: "Die Rechnungen sind angekommen."),
            MailText.Of(id: "b@x.example", subject: "注文の返品について", body: "届いた靴が小さいです。"),
            MailText.Of(id: "c@x.example", subject: "Café bill", body: "Where is my refund?\r\n\r\nOn Monday somebody wrote:\r\n> quotedword in what they answer"));
        await Words.RunAsync(WordIndexer.MostRanges, CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("überweisung", 1)]
    [InlineData("UBERWEISUNG", 1)] // accents and case do not count
    [InlineData("12345", 1)]
    [InlineData("ord-12345", 1)]
    [InlineData("anna.mueller@example.org", 1)]
    [InlineData("muller refund", 0)] // all of the words
    [InlineData("rech", 1)] // a beginning
    [InlineData("返品", 1)]
    [InlineData("靴", 1)]
    [InlineData("cafe", 1)]
    [InlineData("quotedword", 0)] // what is only quoted was written by somebody else
    [InlineData("!!!", 0)]
    public async Task Words_find_messages(string words, int expected)
        => Assert.Equal(expected, (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?q={Uri.EscapeDataString(words)}")).Items.Count);

    [Fact]
    public async Task With_a_language_chosen_other_forms_of_a_word_are_found()
    {
        await installation.Store.ExecuteAsync("""
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
            select id, mailbox_id, received_at, 'account', 0.5, 5, 'de', '', 50, 0, false, false, '{"alternatives":[],"signals":[],"entities":[],"citations":[],"runs":[]}', 'test', now() from message where internet_message_id = 'a@x.example' on conflict do nothing
            """);

        Assert.Empty((await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?q=Rechnungens")).Items);
        Assert.Single((await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?q=Rechnung&language=de")).Items);
        Assert.Single((await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?q=angekommene&language=de")).Items);
    }

    [Fact]
    public async Task A_range_whose_reader_was_killed_is_read_by_the_next_and_each_message_once()
    {
        await installation.Store.StoreAsync(MailText.Of(id: "killed@x.example", subject: "zebrastripe"));
        await using (var connection = await installation.Store.Source.OpenConnectionAsync())
        await using (var killed = await connection.BeginTransactionAsync())
        {
            Assert.Single(await Sql.QueryAsync(connection, "delete from words_due returning first_id", [], r => r.GetInt64(0), CancellationToken.None));
            Assert.Equal(0, await Words.RunAsync(WordIndexer.MostRanges, CancellationToken.None)); // it is in somebody's hands
        }

        Assert.Equal(1, await Words.RunAsync(WordIndexer.MostRanges, CancellationToken.None));
        Assert.Single((await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?q=zebrastripe")).Items);
        Assert.Equal(0, await installation.Store.AskAsync<long>("select count(*) from message m where not exists (select from message_words w where w.message_id = m.id)"));
    }
}
