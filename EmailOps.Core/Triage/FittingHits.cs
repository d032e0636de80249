using EmailOps.Core.Knowledge;

namespace EmailOps.Core.Triage;

/// <summary>Which of the passages found fit what the mail is about: a passage of another category that shares a few words answers another question.</summary>
internal static class FittingHits
{
    private const double SureOfCategory = 0.6;
    /// <summary>A passage of the mail's category is preferred to a better one of another down to this share of its score.</summary>
    private const double NearEnough = 0.6;
    /// <summary>From this multiple of the floor, or this share of the question, a passage of another category stands by itself.</summary>
    private const double Strong = 2.2, MuchCovered = 0.5;

    public static IReadOnlyList<PassageHit> Of(IReadOnlyList<PassageHit> hits, string category, double certainty)
    {
        if (hits.Count == 0 || certainty < SureOfCategory)
            return hits;
        bool Fits(PassageHit hit) => hit.Passage.Article.Category is not { } other || other == category;
        var best = hits[0].Score;
        var chosen = hits.FirstOrDefault(h => Fits(h) && h.Score >= best * NearEnough);
        if (chosen is not null)
            return [chosen, .. hits.Where(h => !ReferenceEquals(h, chosen))];
        return [.. hits.Where(h => Fits(h) || h.Score >= KnowledgeIndex.Floor * Strong || h.Coverage >= MuchCovered)];
    }
}
