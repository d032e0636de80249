using EmailOps.Core.Contracts;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Traces one sentence that stands nowhere word for word.</summary>
internal static class SentenceCheck
{
    /// <summary>Share of the words that matter which the supporting sentences must have.</summary>
    private const double Enough = 0.6;
    /// <summary>Of the supporting passages together, for a sentence that says what several say.</summary>
    private const double EnoughTogether = 0.8;
    /// <summary>Words beside those of the supporting sentences that a question may have: it asks, and claims little.</summary>
    private const double EnoughAsked = 0.3;

    public static SentenceTrace Trace(GroundingText draft, ReadSentence sentence, bool isLimited, GroundingSources sources)
    {
        List<UntracedClaim> untraced = [];
        var support = Support.Find(sentence, sources);
        foreach (var claim in sentence.Claims)
            if (ClaimCheck.Problem(claim, draft, sentence, sources) is { } problem)
                untraced.Add(Untraced(draft, claim.Kind.ToString().ToLowerInvariant(), claim.Start, claim.Length, problem));
        foreach (var name in NameReader.Read(draft, sentence, sources.Language, sources.KnownWords))
            if (!sentence.Claims.Any(c => c.Start < name.End && name.Start < c.End))
                untraced.Add(Untraced(draft, "name", name.Start, name.Length, "Neither the knowledge base nor the mail names this."));

        var trace = Words(sentence, support, sources);
        if (trace == Contracts.Trace.NotFound)
            untraced.Add(Untraced(draft, "sentence", sentence.Start, sentence.Length, IsPromise(sentence) ? "No article says this, and it promises something." : "No article says this."));
        else if (support.Closest is { } closest && trace == Contracts.Trace.Passage)
        {
            if (Meaning.TurnedRound(sentence, closest, support.Window) is { } turned)
                untraced.Add(Untraced(draft, "meaning", sentence.Start, sentence.Length, turned));
            else if (closest.IsLimited && !isLimited && !support.Window.All(s => !s.IsLimited))
                untraced.Add(Untraced(draft, "meaning", sentence.Start, sentence.Length, "The article limits this (only, except, unless); the draft leaves the limit out."));
        }
        var source = trace == Contracts.Trace.Passage ? support.Passage?.Passage : null;
        return new SentenceTrace(sentence.Start, sentence.Length, trace, source?.Article.Title, source?.Heading, untraced);
    }

    private static Trace Words(ReadSentence sentence, Support support, GroundingSources sources)
    {
        // Words of politeness and of the mail neither prove nor disprove.
        var counted = sentence.Stems.Where(s => !Support.IsCourtesy(s, sources)).ToHashSet();
        if (counted.Count == 0)
            return sentence.Claims.Count == 0 || sources.Passages.Count == 0 ? Contracts.Trace.Courtesy : support.Passage is null ? Contracts.Trace.Courtesy : Contracts.Trace.Passage;
        if (!sources.HasLanguage)
            return counted.IsSubsetOf(sources.MailStems) && !IsPromise(sentence) ? Contracts.Trace.Mail : Contracts.Trace.Unchecked;
        var unknown = counted.Where(s => !sources.MailStems.Contains(s)).ToList();
        var found = counted.Count(support.Has);
        var missing = unknown.Count(s => !support.Has(s));
        if (found == 0 && missing == 0)
            return IsPromise(sentence) ? Contracts.Trace.NotFound : Contracts.Trace.Mail;
        var share = (double)found / Math.Max(1, found + missing);
        if (found > 0 && share >= (sentence.IsQuestion ? EnoughAsked : Enough))
            return Contracts.Trace.Passage;
        var together = counted.Count(s => sources.Passages.Any(p => Support.Says(p, s)));
        var nowhere = unknown.Count(s => !sources.Passages.Any(p => Support.Says(p, s)));
        return together > 1 && (double)together / (together + nowhere) >= EnoughTogether ? Contracts.Trace.Passage : Contracts.Trace.NotFound;
    }

    /// <summary>Says what "we" do or will do.</summary>
    public static bool IsPromise(ReadSentence sentence) => Array.Exists(sentence.Hashes, GroundingWords.Promise.Contains) && !sentence.IsQuestion;

    private static UntracedClaim Untraced(GroundingText draft, string kind, int start, int length, string reason)
        => new(kind, start, length, draft.Text.Substring(start, Math.Min(length, 200)), reason);
}
