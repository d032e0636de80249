using System.Text.Json;
using EmailOps.Benchmarks.Search;
using EmailOps.Core.Knowledge;

namespace EmailOps.Tests.Knowledge;

/// <summary>What the search benchmark asks is never among what its articles were told.</summary>
public sealed class StackQuestionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-questions-").FullName;

    public StackQuestionsTests()
    {
        File.WriteAllLines(Path.Combine(_folder, "corpus.jsonl"), Enumerable.Range(0, 4).Select(i => JsonSerializer.Serialize(new { doc_id = $"d{i}", title = $"Title {i}", answers = new[] { $"First answer {i}.", "Second answer." } })));
        File.WriteAllLines(Path.Combine(_folder, "queries.jsonl"), Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(new { query = $"{(i == 7 ? new string('x', 101) : "")}Question {i}?", relevant = new Dictionary<string, int> { [$"d{i % 4}"] = 1 } })));
    }

    [Fact]
    public void Known_questions_become_keywords_of_their_article_and_the_others_are_asked()
    {
        var set = StackQuestions.Read(_folder, 3);
        var articles = set.Articles(1);
        Assert.Equal(10, set.Asked.Count);
        Assert.Equal(4, articles.Count);
        foreach (var article in articles)
            foreach (var keyword in article.Keywords!)
            {
                Assert.Equal($"Title {int.Parse(keyword[9..^1], System.Globalization.CultureInfo.InvariantCulture) % 4}", article.Title);
                Assert.DoesNotContain(set.Asked, a => a.Text == keyword);
            }
        // The one longer than an article takes is either asked or left out.
        Assert.Equal(30, articles.Sum(a => a.Keywords!.Count) + (set.Asked.Any(a => a.Text.Length > ArticleRules.MostKeyword) ? 0 : 1));
        Assert.NotEqual(set.Asked.Select(a => a.Text), StackQuestions.Read(_folder, 4).Asked.Select(a => a.Text));
    }

    [Fact]
    public void Without_a_seed_all_are_asked_and_articles_know_nothing()
    {
        var set = StackQuestions.Read(_folder, null);
        Assert.Equal(40, set.Asked.Count);
        Assert.All(set.Articles(2), a => Assert.Empty(a.Keywords!));
        Assert.Equal(8, set.Articles(2).Count);
    }

    [Fact]
    public void A_score_counts_the_place_of_the_right_answer_and_nothing_where_it_is_missing()
    {
        var score = new RankScore();
        score.Add(["a", "b"], "a");
        score.Add(["a", "b"], "b");
        score.Add(["a", "b"], "c");
        Assert.Equal("3 questions, MRR@10 0.500, first 0.333", score.ToString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
