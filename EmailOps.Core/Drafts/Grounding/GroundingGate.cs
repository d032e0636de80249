using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>
/// Traces every sentence, figure, address and name of a draft to a passage, to the mail or to the team's template. Pure and thread-safe;
/// linear in the draft. What it cannot trace is no proof of a lie, and what it traces no proof of truth: it is the reason why nothing unproved leaves without a
/// person. It compares words, not meaning: paraphrase passes as long as most words that matter are there, figures must agree in value and unit.
/// </summary>
internal static class GroundingGate
{
    /// <summary>From this certainty the language of the draft is what its words say, whatever its author claimed.</summary>
    private const double SureOfLanguage = 0.9;

    /// <param name="draft">Plain text with greeting and sign-off.</param>
    /// <param name="language">ISO 639-1 of the draft.</param>
    /// <param name="passages">Whole passages that the draft cites, in any language.</param>
    /// <param name="templates">Null where there are none.</param>
    public static GroundingReport Check(string draft, string language, IReadOnlyList<Passage> passages, GroundingMail mail, ReplyTemplates? templates)
    {
        var text = GroundingText.Read(draft, language);
        var sources = new GroundingSources(passages, mail, templates, language);
        var known = Known(text, sources);
        if (known.Contains(null) && Spoken(draft) is { } spoken && spoken != language)
        {
            (text, sources) = (GroundingText.Read(draft, spoken), new GroundingSources(passages, mail, templates, spoken));
            known = Known(text, sources);
        }
        var traces = new List<SentenceTrace>(known.Count);
        for (var i = 0; i < known.Count; i++)
            traces.Add(known[i] ?? SentenceCheck.Trace(text, text.Sentences[i], IsLimited(text.Sentences, i), sources));
        if (draft.Length > GroundingText.Limit)
            traces.Add(new SentenceTrace(GroundingText.Limit, draft.Length - GroundingText.Limit, Contracts.Trace.NotFound, null, null, [new UntracedClaim("sentence", GroundingText.Limit, draft.Length - GroundingText.Limit, "", $"A draft is read up to {GroundingText.Limit} characters.")]));
        return new GroundingReport(traces.TrueForAll(t => t.Untraced.Count == 0 && t.Trace is not (Trace.NotFound or Trace.Unchecked)), traces);
    }

    /// <summary>"This is free. Only within the EU." names its limit in the sentence before or after.</summary>
    private static bool IsLimited(IReadOnlyList<ReadSentence> sentences, int at)
        => sentences[at].IsLimited || (at > 0 && sentences[at - 1].IsLimited) || (at + 1 < sentences.Count && sentences[at + 1].IsLimited);

    private static List<SentenceTrace?> Known(GroundingText text, GroundingSources sources)
    {
        var known = new List<SentenceTrace?>(text.Words.Count);
        foreach (var sentence in text.Words)
            known.Add(Known(text, sentence, sources));
        return known;
    }

    /// <summary>Template or article word for word; null otherwise.</summary>
    private static SentenceTrace? Known(GroundingText text, in SentenceWords sentence, GroundingSources sources)
    {
        var key = GroundingPassage.Key(sentence.Hashes);
        if (sources.Template.Contains(key) || sources.IsGreeting(text.Text.AsSpan(sentence.Start, sentence.Length)))
            return new SentenceTrace(sentence.Start, sentence.Length, Trace.Template, null, null, []);
        foreach (var passage in sources.Passages)
            if (passage.Exact.Contains(key))
                return new SentenceTrace(sentence.Start, sentence.Length, Trace.Passage, passage.Passage.Article.Title, passage.Passage.Heading, []);
        return null;
    }

    private static string? Spoken(string draft)
    {
        var tokens = new TextTokens();
        tokens.Read(draft.Length > 4_000 ? draft[..4_000] : draft);
        var guess = LanguageIdentifier.Identify(tokens);
        return guess.Certainty >= SureOfLanguage && guess.Language != Languages.Undetermined ? guess.Language : null;
    }
}
