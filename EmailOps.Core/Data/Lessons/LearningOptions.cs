namespace EmailOps.Core.Data.Lessons;

/// <summary>How models learn; bound to the section <c>Learning</c>.</summary>
internal sealed class LearningOptions
{
    public const string Section = "Learning";

    /// <summary>False: decisions of people are kept and teach nothing until it is switched on again.</summary>
    public bool Enabled { get; set; } = true;
    /// <summary>A model that was taught since it was trained is trained anew after this.</summary>
    public TimeSpan RetrainEvery { get; set; } = TimeSpan.FromDays(1);
    /// <summary>Versions taught on top of each other before one is trained anew; guards the time a start takes.</summary>
    public int RetrainAfter { get; set; } = 40;
    /// <summary>An automatic answer that nobody contradicted for so long counts as right.</summary>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromDays(7);
    /// <summary>Categories of mail that contradict no answer: a customer who says thank you writes again, too.</summary>
    public List<string> ThanksCategories { get; set; } = ["feedback", "thanks"];
    /// <summary>Labels of at least this probability are proposed, 0-1.</summary>
    public double ProposeLabelsFrom { get; set; } = 0.5;
    /// <summary>How often outcomes, budgets and drift are counted.</summary>
    public TimeSpan CountEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { RetrainAfter: < 1 or > 1000 } => $"{Section}:RetrainAfter is {RetrainAfter}; set it between 1 and 1000.",
        _ when !(ProposeLabelsFrom is >= 0.05 and <= 0.99) => $"{Section}:ProposeLabelsFrom is {ProposeLabelsFrom}; set it between 0.05 and 0.99.",
        _ when RetrainEvery <= TimeSpan.Zero => $"{Section}:RetrainEvery is {RetrainEvery}; set it longer than 00:00:00.",
        _ when SilentAfter <= TimeSpan.Zero => $"{Section}:SilentAfter is {SilentAfter}; set it longer than 00:00:00.",
        _ when CountEvery <= TimeSpan.Zero => $"{Section}:CountEvery is {CountEvery}; set it longer than 00:00:00.",
        _ => null,
    };
}
