namespace EmailOps.Core.Triage.Lessons;

internal enum LessonKind
{
    /// <summary>An operator set the category.</summary>
    Category,
    /// <summary>An operator set the priority.</summary>
    Priority,
    /// <summary>A draft was approved as it stood.</summary>
    Approved,
    /// <summary>A draft was approved with other words.</summary>
    Edited,
    /// <summary>A draft was rejected.</summary>
    Rejected,
    /// <summary>An operator put a label on or took it off; the model of labels learns from it, not this one.</summary>
    Label,
}

/// <summary>What one decision of a person says about triage.</summary>
/// <param name="Category">The right category, or the one a draft was written for.</param>
/// <param name="Changed">Of an edited draft: the share of its words that were changed, 0-1.</param>
/// <param name="Text">Subject, line break, new words, as triage reads them.</param>
internal sealed record Lesson(long Id, long MessageId, LessonKind Kind, string Category, int Priority, int WasPriority, double Changed, string Text)
{
    /// <summary>It names a category of a text: given by a person, or confirmed by using a draft that was written for it.</summary>
    public bool TeachesCategory => Kind is LessonKind.Category or LessonKind.Approved or LessonKind.Edited;
}
