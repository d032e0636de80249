namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Whether a sentence says the opposite of the one it rests on.</summary>
internal static class Meaning
{
    /// <summary>Words two clauses must share before their negations are compared.</summary>
    private const int LeastShared = 2;

    /// <summary>Null when it does not.</summary>
    public static string? TurnedRound(ReadSentence sentence, ReadSentence closest, IReadOnlyList<ReadSentence> window)
    {
        if (sentence.IsQuestion)
            return null;
        foreach (var word in sentence.Opposites)
        {
            var side = GroundingWords.Opposites[word];
            if (!Has(window, side) && Has([closest], -side))
                return "The article says the opposite here.";
        }
        if (sentence.Stems.Count(closest.Stems.Contains) < LeastShared)
            return null;
        foreach (var clause in sentence.Clauses)
        {
            // The clause itself may say it in two ways; only when every clause as near as the nearest disagrees is it turned round.
            var most = closest.Clauses.Max(c => c.Stems.Count(clause.Stems.Contains));
            if (most >= LeastShared && closest.Clauses.Where(c => c.Stems.Count(clause.Stems.Contains) == most).All(c => c.IsNegated != clause.IsNegated))
                return Said(clause.IsNegated);
        }
        return sentence.IsNegated != closest.IsNegated && sentence.IsNegated != window.Any(w => w.IsNegated) ? Said(sentence.IsNegated) : null;
    }

    private static string Said(bool isNegated) => isNegated ? "The draft says \"not\" where the article does not." : "The article says \"not\" here; the draft does not.";

    private static bool Has(IReadOnlyList<ReadSentence> sentences, int side)
    {
        foreach (var sentence in sentences)
            foreach (var word in sentence.Opposites)
                if (GroundingWords.Opposites[word] == side)
                    return true;
        return false;
    }
}
