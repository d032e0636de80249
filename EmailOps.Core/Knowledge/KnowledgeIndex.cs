using System.Buffers;
using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge;

/// <summary>
/// Everything the team knows, searchable in memory. Passages in the language of the question first; other languages when those have
/// nothing, found by category, shared words (names, numbers) and keywords. Below the floor nothing is returned: "we don't know" is an
/// answer. Immutable and thread-safe.
/// </summary>
internal sealed class KnowledgeIndex
{
    public const double Floor = KnowledgeFloor.Score;
    private const double SureOfCategory = 0.6;
    private const int MostTerms = 120;

    private readonly Dictionary<string, LanguageIndex> _languages = [];
    private readonly ConcurrentBag<AskedText> _texts = [];

    public KnowledgeIndex(IReadOnlyList<KnowledgeArticle> articles)
    {
        Articles = articles;
        foreach (var group in articles.GroupBy(a => a.Language))
            _languages[group.Key] = new LanguageIndex(group.Key, [.. group.SelectMany(Passages.Of)]);
    }

    public static KnowledgeIndex Empty { get; } = new([]);

    public IReadOnlyList<KnowledgeArticle> Articles { get; }
    public int PassageCount => _languages.Values.Sum(l => l.Count);

    /// <summary>Passages that answer a question, best first; empty when none is above the floor.</summary>
    /// <param name="language">ISO 639-1 of the query.</param>
    /// <param name="category">Passages of this category are preferred; null for none.</param>
    public IReadOnlyList<Citation> Search(string query, string language, string? category, int take)
    {
        var tokens = new TextTokens();
        tokens.Read(query);
        var asked = Begin(tokens);
        var hits = Find(asked, 0, tokens.Tokens.Length, language, null, category, 1, take);
        End(asked);
        return [.. hits.Select(h => h.ToCitation())];
    }

    /// <summary>A text to ask for the parts of; the caller gives it back by <see cref="End"/>.</summary>
    public AskedText Begin(TextTokens text)
    {
        if (!_texts.TryTake(out var asked))
            asked = new AskedText();
        asked.Begin(text);
        return asked;
    }

    public void End(AskedText asked) => _texts.Add(asked);

    /// <param name="asked">Made by <see cref="Begin"/>.</param>
    /// <param name="first">The question's first token in it.</param>
    /// <param name="otherLanguage">Searched first when there is nothing in <paramref name="language"/>; null for none in particular.</param>
    /// <param name="certainty">How sure the category is, 0-1; its passages are preferred that much.</param>
    public IReadOnlyList<PassageHit> Find(AskedText asked, int first, int count, string language, string? otherLanguage, string? category, double certainty, int take)
    {
        List<PassageHit> hits = [];
        if (_languages.TryGetValue(language, out var own))
            Find(own, asked, first, count, category, certainty, true, hits);
        if (hits.Count == 0 && otherLanguage != null && otherLanguage != language && _languages.TryGetValue(otherLanguage, out var standard))
            Find(standard, asked, first, count, category, certainty, false, hits);
        if (hits.Count == 0)
            foreach (var (other, index) in _languages)
                if (other != language && other != otherLanguage)
                    Find(index, asked, first, count, category, certainty, false, hits);
        hits.Sort((a, b) => b.Score.CompareTo(a.Score));
        if (hits.Count > take)
            hits.RemoveRange(take, hits.Count - take);
        return hits;
    }

    private static void Find(LanguageIndex index, AskedText asked, int first, int count, string? category, double certainty, bool same, List<PassageHit> hits)
    {
        var total = Read(index, asked, first, count, same);
        if (asked.Terms.Count == 0 || index.Count == 0)
            return;
        var buffer = ArrayPool<float>.Shared.Rent(index.Count * 3);
        var scores = buffer.AsSpan(0, index.Count);
        var covered = buffer.AsSpan(index.Count, index.Count);
        var matched = buffer.AsSpan(index.Count * 2, index.Count);
        buffer.AsSpan(0, index.Count * 3).Clear();
        index.Score(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(asked.Terms), scores, covered, matched);
        var leastCoverage = KnowledgeFloor.LeastCoverage(asked.Asked, same);
        var least = KnowledgeFloor.LeastMatchedOf(asked.Asked, same);
        var onlyCategory = !same && certainty >= SureOfCategory ? category : null;
        for (var i = 0; i < index.Count; i++)
        {
            if (matched[i] < least || (onlyCategory != null && index[i].Article.Category is { } other && other != onlyCategory))
                continue;
            var boost = 1 + (category == null ? 0 : index[i].Article.Category == category ? 0.6 * certainty : index[i].Article.Category == null ? 0 : -0.25 * certainty);
            var score = scores[i] * boost;
            var coverage = total > 0 ? Math.Min(1, covered[i] / total) : 0;
            if (score >= Floor && coverage >= leastCoverage)
                hits.Add(new PassageHit(index[i], score, coverage, same));
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <returns>The weight of all terms, those that the index does not know at the weight of a rare one.</returns>
    private static float Read(LanguageIndex index, AskedText asked, int first, int count, bool typos)
    {
        asked.Terms.Clear();
        asked.Seen.Clear();
        asked.Asked = 0;
        float total = 0;
        var corrected = 0;
        var read = asked.In(index);
        for (var i = first; i < first + count && asked.Terms.Count < MostTerms; i++)
        {
            var (term, weight) = read[i];
            if (weight < 0 || !asked.Seen.Add(term))
                continue;
            asked.Asked++;
            ref readonly var token = ref asked.Text.Tokens[i];
            if (weight > 0)
            {
                asked.Terms.Add(new QueryTerm(term, 1));
                total += weight;
                continue;
            }
            if (typos && token.Kind == TokenKind.Word && token.Length >= Spelling.LeastLength && corrected < Spelling.MostWords)
            {
                corrected++;
                var (closest, likeness) = asked.Closest(index, token);
                if (likeness > 0 && asked.Seen.Add(closest))
                {
                    asked.Terms.Add(new QueryTerm(closest, likeness));
                    total += index.Weight(closest);
                    continue;
                }
            }
            // A name or a number that no article has says little about whether an article answers.
            total += token.Kind == TokenKind.Word ? PassageScoring.UnknownWeight : 0;
        }
        return total;
    }
}
