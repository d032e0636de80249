using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Knowledge;

/// <summary>The sample articles in a real PostgreSQL, cut, indexed and measured. Read only.</summary>
public sealed class SampleKnowledge : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    internal TestStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(_postgres);
        var read = await Store.Get<ArticleImport>().RunAsync(KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")), "test", ImportMode.Asked, CancellationToken.None);
        Assert.True(read.Added > 40 && read.Problems.Count == 0, $"{read}");
        await Store.IndexAsync();
    }

    internal Task<KnowledgeAnswer> AskAsync(string question, string? language = null) => Store.Get<KnowledgeSearch>().AskAsync(question, language, 8, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

internal static class IndexedStore
{
    /// <summary>Runs the indexer until nothing is left.</summary>
    public static async Task IndexAsync(this TestStore store)
    {
        while (await store.Get<KnowledgeIndexer>().StepAsync(CancellationToken.None))
        {
        }
    }
}

public sealed class SearchTests(SampleKnowledge knowledge) : IClassFixture<SampleKnowledge>
{
    [Theory]
    [InlineData("When will I get my money back?", "refund-time")]
    [InlineData("Can I cancel my order?", "cancel-order")]
    [InlineData("Wie kann ich meine Bestellung stornieren?", "cancel-order")]
    [InlineData("Wie lange dauert die Lieferung nach Österreich?", "delivery-times-costs")]
    [InlineData("Quels sont les frais de livraison ?", "delivery-times-costs")]
    [InlineData("password reset", "password-reset")]
    public async Task The_article_that_answers_comes_first(string question, string slug)
        => Assert.Equal(slug, await SlugAsync(await knowledge.AskAsync(question)));

    [Theory]
    [InlineData("pasword resett", "password-reset", "typo")]
    [InlineData("how long do I have to retrun a parcel", "returns|refund-time", "typo")]
    [InlineData("how do I wash a waterprof jaket", "waterproofing|care-and-washing", "typo")]
    [InlineData("Rueckgabe Etikett Rücksendng", "returns", "typo")]
    [InlineData("rucksendung etikett", "returns", "words")]
    public async Task Misspelt_words_and_missing_accents_find(string question, string slugs, string by)
    {
        var answer = await knowledge.AskAsync(question);
        Assert.Contains(await SlugAsync(answer), slugs.Split('|'));
        Assert.Contains(answer.Hits, h => h.FoundBy.Contains(by));
        if (by == "typo") Assert.NotEmpty(answer.Corrections);
    }

    [Theory]
    [InlineData("¿Cuánto tarda el reembolso de una devolución?", "refund-time|returns")]
    [InlineData("Hoe kan ik mijn bestelling annuleren?", "cancel-order")]
    [InlineData("Vorrei la fattura con IVA", "invoice-and-vat")]
    public async Task Questions_in_a_language_without_articles_find_by_meaning(string question, string slugs)
    {
        var answer = await knowledge.AskAsync(question);
        Assert.True(answer.IsKnown, $"{answer.Language}, floor {answer.MeaningFloor}, nearest {string.Join(" ", answer.Below.Take(1))}");
        Assert.Contains("meaning", answer.Hits[0].FoundBy);
        Assert.Contains(await SlugAsync(answer), slugs.Split('|'));
    }

    [Theory]
    [InlineData("What is the tallest mountain of South America?")]
    [InlineData("Can you write me a poem about the autumn moon over the lake?")]
    [InlineData("Our quarterly synergy webinar explains blockchain for dentists.")]
    [InlineData("Wer hat die Zauberflöte komponiert?")]
    [InlineData("Quelle est la recette de la ratatouille provençale ?")]
    [InlineData("今日の東京の天気はどうですか")]
    [InlineData("Investigators tracked bitcoin transactions across continents")]
    [InlineData("???")]
    [InlineData("the and of")]
    [InlineData("a'b\"c\\ | & ! ( ) :* <->")]
    public async Task What_is_off_topic_finds_nothing(string question)
    {
        var answer = await knowledge.AskAsync(question);
        Assert.False(answer.IsKnown, $"floor {answer.MeaningFloor}: {string.Join(" ", answer.Hits.Take(1))}");
        Assert.Empty(answer.Hits);
    }

    [Fact]
    public async Task A_hit_says_why_and_its_figures_agree_with_the_index_in_memory()
    {
        const string question = "How long does delivery take to Austria and what does it cost?";
        var hits = (await knowledge.AskAsync(question, "en")).Hits;
        Assert.InRange(hits[0].WordRank ?? 99, 1, 3);
        var hit = hits.Single(h => h.WordRank == 1);
        Assert.InRange(hit.Meaning, 0.01, 1);
        Assert.InRange(hit.Score, 0.4, 1);
        var memory = new KnowledgeIndex(KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles).Search(question, "en", null, 1)[0];
        Assert.Equal((memory.Article, memory.Heading), (hit.Article, hit.Heading));
        // One formula: what differs is only how often each stemmer finds a word among the passages.
        Assert.InRange(hit.WordScore, memory.Score * 0.75, memory.Score * 1.25);
    }

    [Fact]
    public async Task Full_text_is_that_of_the_language()
    {
        Assert.Equal("german", await knowledge.Store.AskAsync<string>("select knowledge_config('de')::text"));
        Assert.Equal("simple", await knowledge.Store.AskAsync<string>("select knowledge_config('ja')::text"));
        // German stems "Rücksendungen" as "Rücksendung"; English would not.
        Assert.True(await knowledge.Store.AskAsync<bool>("select exists (select from knowledge_passage where language = 'de' and words @@ knowledge_query('de', array['Rücksendungen']))"));
    }

    private async Task<string> SlugAsync(KnowledgeAnswer answer)
        => answer.Hits.Count == 0 ? $"nothing; below the floor {answer.MeaningFloor}: {string.Join(" ", answer.Below.Take(1))}" : await knowledge.Store.AskAsync<string>($"select slug from knowledge_article where id = {answer.Hits[0].ArticleId}");
}
