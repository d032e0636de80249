namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Whether a figure or address stands in a source, and in the place where the draft has it.</summary>
internal static class ClaimCheck
{
    /// <summary>How much better a rival's surroundings must fit before a figure counts as one taken from another place.</summary>
    private const double Lead = 0.9;

    /// <summary>Null when it was traced.</summary>
    public static string? Problem(in Claim claim, GroundingText draft, ReadSentence sentence, GroundingSources sources)
    {
        var own = claim;
        if (sources.Template.Claims.Exists(c => own.SameAs(c)))
            return null;
        return claim.Kind switch
        {
            ClaimKind.Url => InPassages(claim, sources) ? null : "No article has this address of the web. A mail may not bring one into an answer.",
            ClaimKind.Email => InPassages(claim, sources) || claim.Value.Equals(sources.From.SenderAddress, StringComparison.OrdinalIgnoreCase) ? null : "No article has this mail address.",
            ClaimKind.Phone => InPassages(claim, sources) ? null : "No article has this telephone number.",
            ClaimKind.Code => InPassages(claim, sources) || InMail(claim, sources) ? null : "Neither the mail nor an article has this number.",
            _ => Figure(claim, sentence, sources),
        };
    }

    private static string? Figure(in Claim claim, ReadSentence sentence, GroundingSources sources)
    {
        double same = -1, rival = -1;
        Claim other = default;
        foreach (var passage in sources.Passages)
        {
            var comparable = passage.Passage.Article.Language == sources.Language;
            foreach (var witness in passage.Text.Sentences)
                foreach (var said in witness.Claims)
                {
                    var score = comparable ? Nearness(claim, sentence, said, witness) : 0;
                    if (claim.SameAs(said))
                        same = Math.Max(same, score);
                    else if (claim.Rivals(said) && score > rival)
                        (rival, other) = (score, said);
                }
        }
        if (same < 0)
        {
            if (InMail(claim, sources) && !SentenceCheck.IsPromise(sentence))
                return null;
            return rival > 0 ? $"The article says {Shown(other)} here." : InMail(claim, sources) ? "The mail says this, no article does, and the sentence promises it." : "No article has this figure.";
        }
        return rival > same + Lead ? $"The article says {Shown(other)} here, and this figure in another place." : null;
    }

    /// <summary>How many words the surroundings of two figures share: near ones count most, those of the sentences a little.</summary>
    private static double Nearness(in Claim claim, ReadSentence sentence, in Claim said, ReadSentence witness)
    {
        var here = ClauseOf(sentence, claim);
        var there = ClauseOf(witness, said);
        return here.Count(there.Contains) + 0.25 * sentence.Stems.Count(witness.Stems.Contains);
    }

    private static HashSet<uint> ClauseOf(ReadSentence sentence, in Claim claim)
    {
        var own = sentence.Stems;
        foreach (var clause in sentence.Clauses)
            if (clause.Start <= claim.Start)
                own = clause.Stems;
        return own;
    }

    private static bool InPassages(in Claim claim, GroundingSources sources)
    {
        foreach (var passage in sources.Passages)
            foreach (var sentence in passage.Text.Sentences)
                foreach (var said in sentence.Claims)
                    if (claim.SameAs(said))
                        return true;
        return false;
    }

    private static bool InMail(in Claim claim, GroundingSources sources)
    {
        foreach (var sentence in sources.Mail.Sentences)
            foreach (var said in sentence.Claims)
                if (claim.SameAs(said))
                    return true;
        return false;
    }

    private static string Shown(in Claim claim) => claim.Unit.Length == 0 ? claim.Value : $"{claim.Value} {(claim.Unit == "percent" ? "%" : claim.Unit == "workday" ? "working days" : claim.Unit == "day" ? "days" : claim.Unit)}";
}
