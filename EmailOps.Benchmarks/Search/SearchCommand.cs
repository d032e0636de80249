using System.CommandLine;
using System.Diagnostics;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Knowledge.Meaning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Benchmarks.Search;

/// <summary><c>search</c>: the product's own search of articles in PostgreSQL: how right it is on StackFAQ without learning anything, what it says to questions from elsewhere, and how fast it is.</summary>
internal static class SearchCommand
{
    private const int Taken = 10;

    public static System.CommandLine.Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "A folder with corpus.jsonl (title, answers) and queries.jsonl (query, relevant)", Required = true };
        data.AcceptExistingOnly();
        var copies = new Option<int>("--copies") { Description = "How often the entries are stored, to see what size costs.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int?>("--known") { Description = "A seed by which three quarters of the questions become keywords of the articles that answer them, as a team would add them; the others are asked." };
        var command = new System.CommandLine.Command("search", "Quality and speed of the product's search of articles: words, spelling and meaning in PostgreSQL, and words in memory as triage asks.") { data, copies, seed };
        command.SetAction((parsed, cancel) => RunAsync(StackQuestions.Read(parsed.GetRequiredValue(data).FullName, parsed.GetValue(seed)), parsed.GetValue(copies), cancel));
        return command;
    }

    private static async Task<int> RunAsync(StackQuestions set, int copies, CancellationToken cancel)
    {
        InMemory(set);
        var cluster = $"/var/tmp/emailops-search-{Environment.ProcessId}-pg";
        try
        {
            await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = cluster }, cancel);
            var configuration = new ConfigurationManager();
            configuration["ConnectionStrings:emailops"] = postgres.ConnectionString;
            configuration["LanguageModels:Enabled"] = "false";
            await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddEmailOpsStore(configuration).BuildServiceProvider();
            await services.GetRequiredService<Migrator>().MigrateAsync(cancel);
            await FillAsync(services, set.Articles(copies), cancel);
            await AskAsync(services.GetRequiredService<KnowledgeSearch>(), set, cancel);
            return 0;
        }
        finally
        {
            if (Directory.Exists(cluster)) Directory.Delete(cluster, recursive: true);
        }
    }

    /// <summary>The search that triage makes: words and spelling, no database.</summary>
    private static void InMemory(StackQuestions set)
    {
        var index = new KnowledgeIndex([.. set.Articles(1).Select((a, i) => a with { Id = i + 1 })]);
        var score = new RankScore();
        foreach (var question in set.Asked)
            score.Add([.. index.Search(question.Text, "en", null, Taken * 3).Select(c => c.Article).Distinct().Take(Taken)], question.Title);
        Console.WriteLine($"in memory: {score}");
    }

    private static async Task FillAsync(ServiceProvider services, List<KnowledgeArticle> articles, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        await services.GetRequiredService<ArticleImport>().RunAsync(new KnowledgeFiles(articles, []), "benchmark", ImportMode.Asked, cancel);
        Console.WriteLine($"{articles.Count:N0} articles imported in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        began = Stopwatch.GetTimestamp();
        var indexer = services.GetRequiredService<KnowledgeIndexer>();
        while (await indexer.StepAsync(cancel))
        {
        }
        var status = await indexer.StatusAsync(cancel);
        Console.WriteLine($"{status.Passages:N0} passages settled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    private static async Task AskAsync(KnowledgeSearch search, StackQuestions set, CancellationToken cancel)
    {
        var (score, known) = (new RankScore(), 0);
        List<double> milliseconds = [];
        foreach (var question in set.Asked)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await search.AskAsync(question.Text, "en", Taken * 3, cancel);
            milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            known += answer.IsKnown ? 1 : 0;
            score.Add([.. answer.Hits.Concat(answer.Below).Select(h => h.Article).Distinct().Take(Taken)], question.Title);
        }
        milliseconds.Sort();
        // Half of the questions that the floor is measured with are as good as any from elsewhere; these are others.
        var elsewhere = 0;
        foreach (var question in Elsewhere) elsewhere += (await search.AskAsync(question, null, 1, cancel)).IsKnown ? 1 : 0;
        Console.WriteLine($"in PostgreSQL: {score}; above the floor {known / (double)set.Asked.Count:0.000}; off topic above the floor {elsewhere} of {Elsewhere.Length}");
        Console.WriteLine($"one connection: {1000 / milliseconds.Average():0} searches/s, median {milliseconds[milliseconds.Count / 2]:0.0} ms, 95 % within {milliseconds[(int)(milliseconds.Count * 0.95)]:0.0} ms");
        var vectors = Stopwatch.GetTimestamp();
        var made = 0;
        while (Stopwatch.GetElapsedTime(vectors).TotalSeconds < 2) foreach (var question in set.Asked.Take(50)) made += HashedEmbeddings.Of(question.Text).Length / HashedEmbeddings.Dimensions;
        Console.WriteLine($"built-in vectors of questions: {made / Stopwatch.GetElapsedTime(vectors).TotalSeconds:N0}/s");
    }

    private static readonly string[] Elsewhere =
    [
        "How tall was the tallest dinosaur?", "What did Napoleon eat for breakfast?", "Name three rivers in Siberia.", "How do submarines sink and rise?", "Which instrument has forty-seven strings?", "What is the national bird of New Zealand?",
        "How long do turtles live?", "Who invented the barometer?", "Why does bread rise?", "What is a haiku?", "How are pearls formed?", "When did the Roman Empire fall?", "Which metal is liquid at room temperature?", "How do glaciers move?",
        "What is the speed of sound?", "Who composed the Ninth Symphony?", "Where do penguins live?", "How is cheese aged?", "What is an eclipse?", "Why are flamingos pink?",
    ];
}
