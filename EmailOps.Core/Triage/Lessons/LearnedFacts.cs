namespace EmailOps.Core.Triage.Lessons;

/// <summary>What happened to drafts of a category.</summary>
/// <param name="Good">Approved ones count 1, edited ones what was left of them.</param>
internal sealed record AnswerRecord(double Good, int Count)
{
    /// <summary>Counts as so many good drafts, so that one rejection says little.</summary>
    private const double Prior = 8;
    /// <summary>The most it takes off: where people rewrite every draft, they still should see it.</summary>
    private const double Least = 0.75;

    /// <summary>Multiplies the confidence; never above 1, so that what people do cannot make triage bolder than its evidence.</summary>
    public double Factor => Math.Clamp((Good + Prior) / (Count + Prior), Least, 1);
}

/// <summary>What a mailbox's model knows beside words. Small, stored with each version.</summary>
/// <param name="Priorities">Per category how far people move the priority.</param>
/// <param name="Answers">Per category what people did with drafts.</param>
internal sealed record LearnedFacts(IReadOnlyDictionary<string, int> Priorities, IReadOnlyDictionary<string, AnswerRecord> Answers)
{
    public static LearnedFacts None { get; } = new(new Dictionary<string, int>(), new Dictionary<string, AnswerRecord>());

    /// <summary>A move needs to be said about this often before it is followed whole (shrinkage towards no move).</summary>
    private const double PriorityPrior = 1;
    private const int MostMove = 3;
    /// <summary>Older drafts were written by other models and from other articles.</summary>
    private const int LastDrafts = 50;

    /// <param name="lessons">Those in force, oldest first.</param>
    public static LearnedFacts Of(IEnumerable<Lesson> lessons)
    {
        var all = lessons.ToList();
        var priorities = all.Where(l => l.Kind == LessonKind.Priority).GroupBy(l => l.Category)
            .ToDictionary(g => g.Key, g => (int)Math.Clamp(Math.Round(g.Sum(l => l.Priority - l.WasPriority) / (g.Count() + PriorityPrior)), -MostMove, MostMove));
        var answers = all.Where(l => l.Kind is LessonKind.Approved or LessonKind.Edited or LessonKind.Rejected).GroupBy(l => l.Category)
            .ToDictionary(g => g.Key, g => g.TakeLast(LastDrafts).ToList() is var last
                ? new AnswerRecord(Math.Round(last.Sum(l => l.Kind switch { LessonKind.Approved => 1, LessonKind.Edited => 1 - l.Changed, _ => 0 }), 2), last.Count)
                : null!);
        return new LearnedFacts(priorities.Where(p => p.Value != 0).ToDictionary(), answers);
    }
}
