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
            var other = closest.Clauses.MaxBy(c => c.Stems.Count(clause.Stems.Contains));
            if (other != null && other.Stems.Count(clause.Stems.Contains) >= LeastShared && IsOdd(clause.Negations) != IsOdd(other.Negations) && IsOdd(sentence.Negations) != IsOdd(closest.Negations))
                return Said(sentence);
        }
        var total = window.Sum(w => w.Negations);
        return IsOdd(sentence.Negations) != IsOdd(closest.Negations) && IsOdd(sentence.Negations) != IsOdd(total) ? Said(sentence) : null;
    }

    private static string Said(ReadSentence sentence) => sentence.Negations == 0 ? "The article says \"not\" here; the draft does not." : "The draft says \"not\" where the article does not.";

    private static bool Has(IReadOnlyList<ReadSentence> sentences, int side)
    {
        foreach (var sentence in sentences)
            foreach (var word in sentence.Opposites)
                if (GroundingWords.Opposites[word] == side)
                    return true;
        return false;
    }

    private static bool IsOdd(int count) => (count & 1) == 1;
}
