using EmailOps.Core.Data.Articles;

namespace EmailOps.Worker.Functions;

/// <summary>The team's knowledge as a function: a question in, passages that answer it out, none when nothing does. Reads only.</summary>
internal sealed class KnowledgeFunctions(KnowledgeSearch search)
{
    private const int Usual = 5;

    internal sealed record Passage(string Article, string Heading, string Language, string Text);

    public async Task<IReadOnlyList<Passage>> SearchAsync(string question, int? take, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(question)) return [];
        var answer = await search.AskAsync(question, null, Math.Clamp(take ?? Usual, 1, KnowledgeSearch.MostTaken), cancel);
        return [.. answer.Hits.Select(h => new Passage(h.Article, h.Heading, h.Language, h.Text))];
    }
}
