using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;

namespace EmailOps.Benchmarks.Search;

/// <param name="Title">Of the entry that answers.</param>
internal sealed record AskedQuestion(string Text, string Title);

/// <summary>Entries as articles of a team, with the questions that are keywords of theirs, and the questions to be asked.</summary>
internal sealed class StackQuestions
{
    /// <summary>One question in so many is asked when the others are known.</summary>
    private const int AskedEvery = 4;

    private readonly List<JsonElement> _entries;
    private readonly ILookup<string, string> _keywords;

    private StackQuestions(List<JsonElement> entries, List<AskedQuestion> asked, ILookup<string, string> keywords) => (_entries, Asked, _keywords) = (entries, asked, keywords);

    public IReadOnlyList<AskedQuestion> Asked { get; }

    /// <param name="seed">By which questions are chosen that articles have as keywords; null: none, and all are asked.</param>
    public static StackQuestions Read(string folder, int? seed)
    {
        var entries = Lines(Path.Combine(folder, "corpus.jsonl")).ToList();
        var titles = entries.ToDictionary(e => Text(e, "doc_id"), e => Text(e, "title"));
        var questions = Lines(Path.Combine(folder, "queries.jsonl")).Select(q => new AskedQuestion(Text(q, "query"), titles[q.GetProperty("relevant").EnumerateObject().First().Name])).ToArray();
        if (seed is not { } chosen)
            return new StackQuestions(entries, [.. questions], Array.Empty<string>().ToLookup(k => k));
        new Random(chosen).Shuffle(questions);
        var asked = questions.Length / AskedEvery;
        return new StackQuestions(entries, [.. questions[..asked]], questions[asked..].Where(q => q.Text.Length <= ArticleRules.MostKeyword).ToLookup(q => q.Title, q => q.Text));
    }

    /// <param name="copies">How often each stands there.</param>
    public List<KnowledgeArticle> Articles(int copies) => [.. Enumerable.Range(0, copies).SelectMany(copy => _entries.Select(e => ArticleRules.Made(new SaveArticle(Text(e, "title"),
        string.Join("\n\n", e.GetProperty("answers").EnumerateArray().Select(a => TextArticle.ToMarkdown(a.GetString()!))), "en", Keywords: [.. _keywords[Text(e, "title")].Take(ArticleRules.MostKeywords)],
        Slug: $"{Text(e, "doc_id")}.{copy}"), DateTimeOffset.UnixEpoch)))];

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Lines(string path) => File.ReadLines(path).Where(l => l.Length > 0).Select(l =>
    {
        using var json = JsonDocument.Parse(l);
        return json.RootElement.Clone();
    });
}

/// <summary>Where the right answers stood.</summary>
internal sealed class RankScore
{
    private double _reciprocal, _first, _count;

    public void Add(List<string> ranked, string right)
    {
        var place = ranked.IndexOf(right);
        _reciprocal += place < 0 ? 0 : 1.0 / (place + 1);
        _first += place == 0 ? 1 : 0;
        _count++;
    }

    public override string ToString() => $"{_count} questions, MRR@10 {_reciprocal / _count:0.000}, first {_first / _count:0.000}";
}
