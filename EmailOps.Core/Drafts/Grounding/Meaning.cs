namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Whether a sentence says the opposite of the one it rests on.</summary>
internal static class Meaning
{
    /// <summary>Words two clauses must share before their negations are compared.</summary>
    private const int LeastShared = 2;
    /// <summary>Share of the words of both sentences that makes them one.</summary>
    private const double NearlyAll = 0.8;

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
        if (sentence.IsNegated == closest.IsNegated)
            return null;
        // One sentence nearly word for word; a sentence made of several may have the other's "not".
        var isOne = sentence.Stems.Count(closest.Stems.Contains) >= NearlyAll * sentence.Stems.Count && closest.Stems.Count(sentence.Stems.Contains) >= NearlyAll * closest.Stems.Count;
        return isOne || sentence.IsNegated != window.Any(w => w.IsNegated) ? Said(sentence.IsNegated) : null;
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
