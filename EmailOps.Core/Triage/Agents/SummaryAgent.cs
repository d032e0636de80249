using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Summaries;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Agents;

/// <summary>
/// Two sentences of the mail's own words, those that ask or name the matter, and apart from them what is asked of us. Nothing is ever worded anew. In a long mail a sentence also counts for
/// how much of the whole it holds (<see cref="SentenceRanker"/>).
/// </summary>
internal sealed class SummaryAgent(Taxonomy taxonomy) : IAgent
{
    private const int MostSentences = 40;
    private const int SentenceLimit = 220;
    /// <summary>From so many sentences on a mail is long; below, cues and questions choose alone, which takes less time.</summary>
    private const int LongFrom = 40;
    /// <summary>What the ranker's worth (mostly 0 to 0.5) counts beside cues and questions.</summary>
    private const double WorthWeight = 2.5;
    private const int MostAsked = 3;

    private readonly CueMatcher _cues = new([.. taxonomy.Categories.Select(c => c.Cues)]);

    public string Name => "summary";

    public string? SkipReason(TriageContext context) => null;

    public string Run(TriageContext context)
    {
        var sentences = context.Sentences;
        int best = -1, second = -1;
        double bestScore = 0, secondScore = 0;
        var worth = sentences.Count >= LongFrom ? Worth(context) : [];
        var asked = 0;
        for (var i = 0; i < Math.Min(sentences.Count, MostSentences); i++)
        {
            var (first, count) = context.TokensOf(sentences[i]);
            if (LetterParts.IsGreeting(context.Text, first, count))
                continue;
            if (LetterParts.IsClosing(context.Text, first, count))
            {
                // What follows a closing is a signature, unless the closing stands at the top ("Thanks for your reply.").
                if (i > 0 && best >= 0)
                    break;
                continue;
            }
            var asks = Requests.Strength(context.Text, first, count, sentences[i].Of(context.Text.Text));
            var score = Score(context, sentences[i], first, count, i, asks);
            if (score > 0 && i < worth.Length)
                score += WorthWeight * worth[i];
            if (score > 0 && asks >= 1 && asked < MostAsked)
            {
                asked++;
                context.Found.Signals.Add(new Signal("asks", 0, "This is asked of us.", context.Evidence(sentences[i].Start, sentences[i].Length)));
            }
            if (score > bestScore)
                (second, secondScore, best, bestScore) = (best, bestScore, i, score);
            else if (score > secondScore)
                (second, secondScore) = (i, score);
        }
        if (best < 0)
        {
            context.Found.Summary = TriageContext.Clip(sentences.Count > 0 ? sentences[0].Of(context.Text.Text) : context.Text.Text.AsSpan(0, Math.Max(0, context.BodyStart - 1)));
            return "Nothing but a line to show.";
        }
        var summary = Cut(context, best);
        if (second >= 0)
            summary = second < best ? $"{Cut(context, second)} {summary}" : $"{summary} {Cut(context, second)}";
        context.Found.Summary = summary;
        return $"{(second >= 0 ? 2 : 1)} of {sentences.Count} sentences{(asked == 0 ? "" : $", {asked} of which ask{(asked == 1 ? "s" : "")} something")}.";
    }

    /// <summary>How much of the whole mail each of its first sentences holds.</summary>
    private static float[] Worth(TriageContext context)
    {
        var text = context.Text.Text;
        var mail = new ThreadMail(context.Message.From.Name ?? context.Message.From.Address, [.. context.Sentences.Take(MostSentences).Select(s => s.Of(text).ToString().ReplaceLineEndings(" "))]);
        var thread = new ThreadText(context.Message.Subject, [mail]);
        // Sentences without a character are left out there, and there are none here: places agree.
        return SentenceRanker.BuiltIn.Score(SentenceTraits.Of(thread, context.Found.Language));
    }

    private double Score(TriageContext context, in Sentence sentence, int first, int count, int position, double asks)
    {
        if (count == 0 || IsAttack(context, sentence))
            return 0;
        var ideographs = context.Text.Tokens[first].Kind == TokenKind.Ideograph;
        var words = ideographs ? count / 2 : count;
        double score = 0.3 + 1.4 * Math.Max(asks, sentence.IsQuestion ? 1 : 0) + 1.0 / (position + 2);
        // Very short sentences say little; very long ones are lists.
        score *= words < 4 ? 0.35 : words <= 35 ? 1 : 0.7;
        var hits = context.CueHits;
        hits.Clear();
        _cues.Match(context.Stems.Slice(first, count), context.Found.Language, Languages.Undetermined, context.PhraseHits, hits);
        foreach (var hit in hits)
            score += taxonomy.Categories[hit.Rule].Id == context.Found.Category ? 0.7 : 0.2;
        var text = sentence.Of(context.Text.Text);
        foreach (var entity in context.Found.Entities)
            if (text.Contains(entity.Text, StringComparison.Ordinal))
                score += 0.35;
        return score;
    }

    /// <summary>Words of an attack are shown as evidence, never as what the mail says.</summary>
    private static bool IsAttack(TriageContext context, in Sentence sentence)
    {
        var text = sentence.Of(context.Text.Text);
        foreach (var signal in context.Found.Signals)
            if (signal.Evidence is { Length: > 8 } evidence && signal.Name.StartsWith("attack-", StringComparison.Ordinal)
                && (evidence.AsSpan().Contains(text, StringComparison.Ordinal) || text.StartsWith(evidence.AsSpan(0, evidence.Length - 1), StringComparison.Ordinal)))
                return true;
        return false;
    }

    private static string Cut(TriageContext context, int index)
    {
        var text = context.Sentences[index].Of(context.Text.Text).ToString().ReplaceLineEndings(" ");
        if (text.Length <= SentenceLimit)
            return text;
        var end = text.LastIndexOf(' ', SentenceLimit - 1);
        return string.Concat(text.AsSpan(0, end > SentenceLimit / 2 ? end : SentenceLimit - 1), "…");
    }
}
