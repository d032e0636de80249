using EmailOps.Core.Contracts;

namespace EmailOps.Core.Knowledge;

/// <summary>A passage found.</summary>
/// <param name="Score">BM25F with boosts; comparable within one search.</param>
/// <param name="Coverage">Share of what was asked (by weight of its words) that the passage has, 0-1.</param>
/// <param name="SameLanguage">In the language of the question.</param>
internal sealed record PassageHit(Passage Passage, double Score, double Coverage, bool SameLanguage)
{
    private const int QuoteLimit = 300;

    public Citation ToCitation(string? quote = null)
    {
        quote ??= Passage.Text;
        return new Citation(Passage.Article.Id, Passage.Article.Title, Passage.Heading, quote.Length <= QuoteLimit ? quote : string.Concat(quote.AsSpan(0, QuoteLimit - 1), "…"), Math.Round(Score, 3));
    }
}
