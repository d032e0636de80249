using EmailOps.Core.Knowledge;
using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Looks up each thing the mail asks. Without a question the whole mail is one.</summary>
internal sealed class KnowledgeAgent(Taxonomy taxonomy, KnowledgeIndex knowledge) : IAgent
{
    private const int MostQuestions = 6;
    private const int HitsPerQuestion = 3;
    /// <summary>A question with fewer words that say something ("How are you?", "Can you help me?") asks nothing to look up.</summary>
    private const int LeastContentWords = 2;

    public string Name => "knowledge";

    public string? SkipReason(TriageContext context)
        => context.Found.IsAutomated ? "A machine wrote it; no answer is wanted."
            : taxonomy.Find(context.Found.Category)?.Autonomy is Autonomy.File or Autonomy.Quarantine ? "Its category is never answered."
            : knowledge.PassageCount == 0 ? "There are no articles."
            : context.BodyTokens.IsEmpty && context.Text.Tokens.IsEmpty ? "There are no words." : null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        var asked = knowledge.Begin(context.Text);
        var whole = Find(context, asked, 0, context.Text.Tokens.Length);
        List<QuestionFound> questions = [];
        foreach (var sentence in context.Sentences)
        {
            if (!sentence.IsQuestion || questions.Count == MostQuestions)
                continue;
            var (first, count) = context.TokensOf(sentence);
            if (ContentWords(context, first, count) < LeastContentWords)
                continue;
            var hits = Find(context, asked, first, count);
            questions.Add(new QuestionFound(sentence.Of(context.Text.Text).ToString(), hits));
        }
        knowledge.End(asked);
        // One question is best understood with everything around it; several are looked up one by one.
        if (questions.Count <= 1)
            questions = [new QuestionFound(questions.Count == 1 ? questions[0].Text : found.Summary, Better(questions.Count == 1 ? questions[0].Hits : [], whole))];
        else if (questions.TrueForAll(q => q.Hits.Count == 0))
            questions = [new QuestionFound(questions[0].Text, whole)];
        // The category is that of the mail: of several questions each may be about something else.
        if (questions.Count == 1)
            questions = questions.ConvertAll(q => q with { Hits = FittingHits.Of(q.Hits, found.Category, found.CategoryConfidence) });
        found.Questions = questions;
        var answered = questions.Count(q => q.Hits.Count > 0);
        return answered == 0 ? "No article is close enough: we don't know." : $"{answered} of {questions.Count} question{(questions.Count == 1 ? "" : "s")} found, best \"{questions.First(q => q.Hits.Count > 0).Hits[0].Passage.Article.Title}\".";
    }

    /// <summary>The passages of the question first, strengthened where the whole mail points to them too.</summary>
    private static IReadOnlyList<PassageHit> Better(IReadOnlyList<PassageHit> question, IReadOnlyList<PassageHit> whole)
    {
        if (question.Count == 0)
            return whole;
        List<PassageHit> merged = [.. question];
        for (var i = 0; i < merged.Count; i++)
            if (whole.FirstOrDefault(w => ReferenceEquals(w.Passage, merged[i].Passage)) is { } same)
                merged[i] = merged[i] with { Score = merged[i].Score + same.Score / 2 };
        merged.AddRange(whole.Where(w => !question.Any(q => ReferenceEquals(q.Passage, w.Passage))).Select(w => w with { Score = w.Score / 2 }));
        merged.Sort((a, b) => b.Score.CompareTo(a.Score));
        return merged.Count <= HitsPerQuestion ? merged : merged.GetRange(0, HitsPerQuestion);
    }

    private IReadOnlyList<PassageHit> Find(TriageContext context, AskedText asked, int first, int count)
        => knowledge.Find(asked, first, count, context.Found.Language, taxonomy.Reply.DefaultLanguage, context.Found.Category, context.Found.CategoryConfidence, HitsPerQuestion);

    private static int ContentWords(TriageContext context, int first, int count)
    {
        var (words, stopWords) = (0, StopWords.Of(context.Found.Language));
        foreach (ref readonly var token in context.Text.Tokens.Slice(first, count))
            if (token.Kind == TokenKind.Ideograph ? words < 8 : token.Length > 2 && !stopWords.Contains(token.Hash))
                words++;
        return words;
    }
}
