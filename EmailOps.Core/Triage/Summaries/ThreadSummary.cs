using System.Text;

namespace EmailOps.Core.Triage.Summaries;

/// <summary>How long a summary may be.</summary>
/// <param name="Words">At most, about.</param>
/// <param name="Share">Words for each word of the thread; the smaller of the two counts.</param>
internal readonly record struct SummaryLength(int Words, double Share);

/// <summary>
/// Sums a thread up in its own sentences, under the names of who said them. Nothing is worded anew, so nothing can be invented. The same thread always gives the same summary.
/// </summary>
internal static class ThreadSummary
{
    /// <summary>How much a sentence loses that says what a chosen one says.</summary>
    private const float Redundancy = 0.12f;
    /// <summary>Shorter ones say too little alone.</summary>
    private const int LeastWords = 4;
    /// <summary>Longer sentences are cut at a word, with "…".</summary>
    private const int MostWords = 60;

    /// <summary>Never shown, however much room there is.</summary>
    private const SentenceKind Dressing = SentenceKind.Name | SentenceKind.Politeness | SentenceKind.Attribution;

    /// <summary>The sentences to show, in the order of the thread.</summary>
    public static List<int> Choose(ThreadText thread, SentenceTraits traits, float[] worth, SummaryLength length)
    {
        var left = Enumerable.Range(0, thread.Sentences.Count).Where(i => thread.Sentences[i].IsOwn && traits.Words[i] >= LeastWords && (traits.Kinds[i] & Dressing) == 0).ToList();
        var budget = Math.Min(length.Words, length.Share * left.Sum(i => traits.Words[i]));
        var penalty = new float[thread.Sentences.Count];
        List<int> chosen = [];
        var words = 0;
        left.Sort((a, b) => worth[b].CompareTo(worth[a]) is not 0 and var order ? order : a.CompareTo(b));
        while (left.Count > 0 && words < budget * 0.95)
        {
            var at = 0;
            for (var k = 1; k < left.Count && worth[left[k]] > worth[left[at]] - penalty[left[at]]; k++)
                if (worth[left[k]] - penalty[left[k]] > worth[left[at]] - penalty[left[at]])
                    at = k;
            var best = left[at];
            left.RemoveAt(at);
            var size = Math.Min(MostWords, traits.Words[best]);
            // The first is shown whatever its length; later ones must fit.
            if (chosen.Count > 0 && words + size > budget * 1.08)
                continue;
            chosen.Add(best);
            words += size;
            var whole = traits.Whole(best);
            foreach (var other in left)
                penalty[other] = Math.Max(penalty[other], Redundancy * traits.Dot(other, whole));
        }
        chosen.Sort();
        return chosen;
    }

    /// <summary>"Ann: … … Ben: …" on one line.</summary>
    public static string Text(ThreadText thread, IReadOnlyList<int> chosen)
    {
        var names = SpeakerNames.Of(thread.Mails);
        var result = new StringBuilder();
        var mail = -1;
        foreach (var i in chosen)
        {
            var sentence = thread.Sentences[i];
            if (result.Length > 0)
                result.Append(' ');
            if (sentence.Mail != mail && names[sentence.Mail].Length > 0)
                result.Append(names[sentence.Mail]).Append(": ");
            mail = sentence.Mail;
            result.Append(Cut(sentence.Text));
        }
        return result.ToString();
    }

    /// <summary>A whole thread in one go, with the built-in ranker.</summary>
    /// <param name="language">ISO 639-1, for the words that say nothing.</param>
    public static string Of(ThreadText thread, string language, SummaryLength length)
    {
        var traits = SentenceTraits.Of(thread, language);
        return Text(thread, Choose(thread, traits, SentenceRanker.BuiltIn.Score(traits), length));
    }

    private static string Cut(string text)
    {
        var words = 0;
        for (var i = 1; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]) && ++words == MostWords)
                return $"{text.AsSpan(0, i)} …";
        return text;
    }
}
