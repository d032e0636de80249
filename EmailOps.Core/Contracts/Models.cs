namespace EmailOps.Core.Contracts;

/// <summary>A row of the golden set that a version judges otherwise than the one before.</summary>
public sealed record ModelChange(long MessageId, string Truth, string Before, string After);

/// <summary>How a version came about.</summary>
public enum ModelVersionKind
{
    /// <summary>Its parent, taught a few texts more.</summary>
    Taught,
    /// <summary>Trained anew from the examples and everything people taught.</summary>
    Trained,
}

/// <summary>One version of a mailbox's model.</summary>
/// <param name="Number">Counts up in its mailbox; 0 is the base model, which all mailboxes share.</param>
/// <param name="Parent">What it stands on; null: the base model.</param>
/// <param name="Lessons">How many decisions of people it was taught in this step.</param>
/// <param name="Before">What was in force, on the golden set.</param>
/// <param name="Verdict">Why it was adopted, or why not.</param>
/// <param name="Seconds">What making it took.</param>
public sealed record ModelVersionView(int Number, int? Parent, ModelVersionKind Kind, string Base, int Lessons, ScoreView Before, ScoreView After, IReadOnlyList<ModelChange> Changes, bool Adopted,
    string Verdict, string MadeBy, DateTimeOffset MadeAt, double Seconds, bool IsInForce, IReadOnlyDictionary<string, int> Priorities, IReadOnlyDictionary<string, double> AnswerFactors)
{
    /// <summary>Of a version of the labels: how well each was recognised while it was held out.</summary>
    public LabelScoreView? Labels { get; init; }
}

/// <summary>The model of a mailbox.</summary>
/// <param name="Number">Of the version in force; 0: the base model.</param>
/// <param name="IsPinned">Held by a person: what is taught waits.</param>
/// <param name="Waiting">Decisions of people that no version has dealt with yet.</param>
/// <param name="GoldenRows">Texts whose category people gave or confirmed.</param>
/// <param name="Retraining">Why it is about to be trained anew; null: it is not.</param>
/// <param name="Revision">Send back as <c>If-Match</c>.</param>
public sealed record ModelView(long MailboxId, string Address, int Number, string Version, bool IsPinned, int Waiting, int GoldenRows, string? Retraining, int Revision, IReadOnlyList<ModelVersionView> History,
    ModelTopic Topic = ModelTopic.Categories);

/// <summary>What an operator's decision taught.</summary>
/// <param name="Kind">Category, Priority, Approved, Edited, Rejected.</param>
/// <param name="LearnedIn">The version that dealt with it; null: waits.</param>
public sealed record LessonView(long Id, long MessageId, string Subject, string Kind, string Detail, string Actor, DateTimeOffset At, int? LearnedIn, DateTimeOffset? UndoneAt, string? UndoneBy);

/// <summary>Body of <c>POST /models/{mailbox}/rollback</c>.</summary>
/// <param name="Number">The version to go back (or forward) to; 0: the base model.</param>
/// <param name="Pin">Hold it there until it is unpinned. Without, the next decision of a person is taught on top of it.</param>
public sealed record RollBackModel(int Number, bool Pin = true);

/// <summary>Body of <c>POST /messages/{id}/priority</c>.</summary>
/// <param name="Priority">1 (can wait) to 10 (now).</param>
public sealed record CorrectPriority(int Priority);
