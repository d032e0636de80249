using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Knowledge.Meaning;
using EmailOps.Core.LanguageModels;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Knowledge;

public sealed class IndexerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Embedder = "nomic-embed-text:latest";
    private static KnowledgeArticle Article(int number) => new(0, $"article-{number}", $"Subject {number}", "en", null, $"## First part of {number}\n\nAbout thing{number} and parcels.\n\n## Second part of {number}\n\nAbout other{number} and labels.", DateTimeOffset.UnixEpoch);

    private static Task<KnowledgeImportView> ImportAsync(TestStore store, int count, ImportMode mode = ImportMode.Asked)
        => store.Get<ArticleImport>().RunAsync(new KnowledgeFiles([.. Enumerable.Range(1, count).Select(Article)], []), "test", mode, CancellationToken.None);

    private static Task<KnowledgeAnswer> AskAsync(TestStore store, string question) => store.Get<KnowledgeSearch>().AskAsync(question, "en", 5, CancellationToken.None);

    [Fact]
    public async Task A_new_model_takes_over_when_its_vectors_are_complete_and_a_killed_indexing_goes_on_where_it_was()
    {
        await using var ollama = await StandInOllama.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using (var builtIn = await TestStore.OpenAsync(database, ("LanguageModels:Enabled", "false")))
        {
            await ImportAsync(builtIn, 40);
            await builtIn.IndexAsync();
            Assert.Equal(HashedEmbeddings.ModelName, (await builtIn.Get<KnowledgeIndexer>().StatusAsync(CancellationToken.None)).Model);
        }

        await using var store = await TestStore.OpenAsync(database, ollama.Settings);
        var indexer = store.Get<KnowledgeIndexer>();
        // The third batch never answers: the process is gone in the middle of it.
        using var kill = new CancellationTokenSource();
        var batches = 0;
        ollama.Embedding = _ => Interlocked.Increment(ref batches) == 3 ? Gone() : null;
        ModelSays Gone()
        {
            kill.Cancel();
            return ModelSays.Nothing;
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await indexer.StepAsync(kill.Token))
            {
            }
        });
        var half = await indexer.StatusAsync(CancellationToken.None);
        Assert.Equal((HashedEmbeddings.ModelName, Embedder, 80L, 64L, false), (half.Model!, half.Wanted, half.Passages, half.Embedded, half.IsComplete));
        // Searches go on, by the former vectors.
        var meanwhile = await AskAsync(store, "thing7 parcels");
        Assert.Equal((true, HashedEmbeddings.ModelName, "Subject 7"), (meanwhile.IsKnown, meanwhile.Model!, meanwhile.Hits[0].Article));

        var asked = ollama.Embedded.Count;
        await store.IndexAsync();
        // What was there was not asked for again: the rest, and the questions that measure the floor.
        Assert.Equal(asked + 2, ollama.Embedded.Count);
        var done = await indexer.StatusAsync(CancellationToken.None);
        Assert.Equal((Embedder, 80L, true), (done.Model!, done.Embedded, done.IsComplete));
        Assert.Equal(Embedder, (await AskAsync(store, "thing7 parcels")).Model);
        Assert.Contains("knowledge_vector_hnsw_2", await store.AskAsync<string>("select string_agg(indexname, ' ') from pg_indexes where tablename = 'knowledge_vector'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_answer_of_the_model_searches_and_new_articles_use_built_in_vectors_and_people_see_why()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("LanguageModels:Attempts", "1")]);
        await ImportAsync(store, 5);
        await store.IndexAsync();
        ollama.Embedding = _ => ModelSays.Status(500);

        var answer = await AskAsync(store, "thing3 and other3");
        Assert.Equal((true, HashedEmbeddings.ModelName), (answer.IsKnown, answer.Model!));
        Assert.Contains("built-in", answer.Note, StringComparison.Ordinal);

        await ImportAsync(store, 6);
        await Assert.ThrowsAsync<LanguageModelException>(store.IndexAsync);
        Assert.NotNull((await store.Get<KnowledgeIndexer>().StatusAsync(CancellationToken.None)).Problem);
        Assert.Equal("Subject 6", (await AskAsync(store, "thing6")).Hits[0].Article);
    }

    [Fact]
    public async Task Indexers_side_by_side_make_every_vector_once()
    {
        await using var store = await TestStore.CreateAsync(postgres, ("LanguageModels:Enabled", "false"));
        await ImportAsync(store, 60);
        await store.Get<KnowledgeIndexer>().RequestAsync("test", CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var indexer = store.Get<KnowledgeIndexer>();
            await Wait.UntilAsync(async () => !await indexer.StepAsync(CancellationToken.None) && (await indexer.StatusAsync(CancellationToken.None)).IsComplete, "all is indexed");
        })));
        Assert.Equal(120, await store.AskAsync<long>("select count(*) from knowledge_vector"));
        Assert.Equal(120, await store.AskAsync<long>("select count(*) from knowledge_passage"));
    }

    [Fact]
    public async Task A_thousand_articles_are_found_by_word_typo_and_index()
    {
        await using var store = await TestStore.CreateAsync(postgres, ("LanguageModels:Enabled", "false"));
        var read = await ImportAsync(store, 1000);
        Assert.Equal((1000, 0, 0), (read.Added, read.Changed, read.Same));
        Assert.Equal(1000, (await ImportAsync(store, 1000)).Same);
        await store.IndexAsync();
        Assert.Equal("Subject 777", (await AskAsync(store, "Where is thing777?")).Hits[0].Article);
        var plan = string.Join('\n', await store.ColumnAsync<string>("set enable_seqscan = off; explain select passage_id from knowledge_vector where model_id = 1 order by (embedding::vector(384)) <=> (select embedding::vector(384) from knowledge_vector limit 1) limit 5"));
        Assert.Contains("knowledge_vector_hnsw_1", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_people_edited_or_deleted_does_not_come_back_by_a_restart_but_by_a_changed_file()
    {
        await using var store = await TestStore.CreateAsync(postgres, ("LanguageModels:Enabled", "false"));
        await ImportAsync(store, 3, ImportMode.AtStart);
        var (articles, ids) = (store.Get<ArticleStore>(), await store.ColumnAsync<long>("select id from knowledge_article order by slug"));
        await articles.DeleteAsync(ids[0], 1, "Olga", CancellationToken.None);
        await articles.SaveAsync(ids[1], 1, "Olga", new SaveArticle("Subject 2", "Edited words."), CancellationToken.None);

        var again = await ImportAsync(store, 3, ImportMode.AtStart);
        Assert.Equal((0, 0, 3), (again.Added, again.Changed, again.Same));
        Assert.Equal(["Edited words."], await store.ColumnAsync<string>($"select markdown from knowledge_article where id = {ids[1]}"));

        var changed = new KnowledgeFiles([.. Enumerable.Range(1, 3).Select(n => Article(n) with { Markdown = $"New words {n}." })], []);
        var third = await store.Get<ArticleImport>().RunAsync(changed, "emailops", ImportMode.AtStart, CancellationToken.None);
        Assert.Equal((1, 1, 1), (third.Added, third.Changed, third.Kept));
        Assert.Equal(1, (await store.Get<ArticleImport>().RunAsync(changed, "Olga", ImportMode.Asked, CancellationToken.None)).Changed);
    }
}
