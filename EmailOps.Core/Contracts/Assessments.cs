namespace EmailOps.Core.Contracts;

public enum AssessmentKind
{
    /// <summary>Rows whose right category is known are judged.</summary>
    Evaluation,
    /// <summary>Past mail is judged and decided again, by other means; nothing is sent or written.</summary>
    Replay,
}

/// <summary>What an evaluation or a replay was asked to do.</summary>
/// <param name="File">Name of the labelled file or the taxonomy.</param>
/// <param name="Model">Number of the mailbox's model version; 0: the base model; null: what is in force.</param>
/// <param name="Days">How far back a replay goes.</param>
/// <param name="Bands">Other bands, as <c>90/70/50</c>.</param>
/// <param name="Risk">A budget of wrong automatic answers for all categories, 0-1; the threshold is computed from the outcomes so far.</param>
/// <param name="Most">The language model is asked about at most so many messages or rows; null: about none.</param>
/// <param name="Prompts">Versions of the prompts that are tried, of those that are not in force; null: none.</param>
public sealed record AssessmentAsked(string? File = null, int? Model = null, int? Days = null, string? Bands = null, double? Risk = null, int? Most = null, IReadOnlyList<string>? Prompts = null);

/// <summary>Body of <c>POST /replays</c>.</summary>
/// <param name="MailboxId">Null: all mailboxes; a model version needs one.</param>
/// <param name="Taxonomy">Text of a taxonomy file; null: the one in force.</param>
/// <param name="AskModel">Asks the language model where triage would, with the prompts in force; implied by other prompts.</param>
/// <param name="Most">Messages that are asked about at most, 1-1000; null: 50.</param>
/// <param name="Prompts">Texts of other prompt files by name (judge, summary, draft); those left out are the ones in force.</param>
public sealed record StartReplay(int Days, long? MailboxId = null, int? Model = null, string? Bands = null, double? Risk = null, string? Taxonomy = null,
    bool AskModel = false, int? Most = null, IReadOnlyDictionary<string, string>? Prompts = null);

/// <summary>An evaluation or a replay, and what came out.</summary>
/// <param name="Done">Rows or messages judged so far.</param>
/// <param name="Problem">Why it could not be done; null: it could, or is under way.</param>
public sealed record AssessmentView(long Id, AssessmentKind Kind, long? MailboxId, AssessmentAsked Asked, string RequestedBy, DateTimeOffset RequestedAt, int Done, int Total, DateTimeOffset? FinishedAt, string? Problem,
    EvaluationResult? Evaluation, ReplayResult? Replay);

/// <param name="Score">Of the categories.</param>
/// <param name="PriorityRows">Rows with a priority.</param>
/// <param name="PriorityExact">Share of them given exactly, 0-1.</param>
/// <param name="PriorityNear">Share given at most one step away, 0-1.</param>
/// <param name="SecondsPerRow">What judging took.</param>
/// <param name="ModelCalls">Questions to language models; 0 with the built-in model.</param>
/// <param name="BadRowCount">Rows that could not be used; the first of them are listed.</param>
/// <param name="Wrong">The surest mistakes first, some of them.</param>
public sealed record EvaluationResult(string Model, ScoreView Score, IReadOnlyList<CategoryFigures> Categories, int PriorityRows, double PriorityExact, double PriorityNear, double SecondsPerRow, long ModelCalls, decimal Cost,
    int BadRowCount, IReadOnlyList<BadRow> BadRows, IReadOnlyList<WrongRow> Wrong)
{
    /// <summary>What the language model was asked; null when it was not.</summary>
    public EvaluationAsking? Asking { get; init; }
}

/// <summary>What an evaluation asked the language model, and what that took.</summary>
/// <param name="Wanted">Rows that triage would ask about.</param>
/// <param name="Asked">Of them those that were asked about.</param>
/// <param name="Changed">Of the asked ones those with another category than the built-in model's.</param>
/// <param name="Unusable">Of the asked ones those with an answer that could not be used: the built-in judgement holds there.</param>
/// <param name="Left">Rows that were not asked about; the built-in judgement holds there, too.</param>
/// <param name="Calls">Questions that a provider answered now.</param>
/// <param name="Known">Questions with a known answer in the cache.</param>
/// <param name="Cost">In the currency of the providers' prices.</param>
/// <param name="Seconds">Spent waiting for answers.</param>
public sealed record EvaluationAsking(int Wanted, int Asked, int Changed, int Unusable, IReadOnlyList<EvaluationLeft> Left, long Calls, long Known, long TokensIn, long TokensOut, decimal Cost, double Seconds);

public sealed record EvaluationLeft(string Reason, int Rows);

public sealed record CategoryFigures(string Category, int Rows, double Precision, double Recall, double F1);

/// <param name="Line">In the file, from 1.</param>
public sealed record BadRow(int Line, string Reason);

public sealed record WrongRow(int Line, string Truth, string Said, double Confidence, string Words);

/// <param name="Model">What it was compared with, and what by.</param>
/// <param name="Changed">Messages that would be decided otherwise; the first 5,000 are listed.</param>
/// <param name="Moves">How often each decision would become which.</param>
/// <param name="Asking">What the language model was asked; null when it was not.</param>
public sealed record ReplayResult(string Model, string Other, int Messages, int Changed, int CategoriesChanged, int PrioritiesChanged, IReadOnlyList<DecisionMove> Moves, double Seconds, string? Note, ReplayAsking? Asking = null);

public sealed record DecisionMove(DecisionKind Before, DecisionKind After, int Count);

/// <summary>A message that would be decided otherwise. Before: by what is in force now.</summary>
/// <param name="Decided">What was decided when it came in; null: nothing yet.</param>
public sealed record DecisionChange(long MessageId, string Subject, DateTimeOffset ReceivedAt, DecisionKind Before, DecisionKind After, DecisionKind? Decided, string CategoryBefore, string CategoryAfter,
    int PriorityBefore, int PriorityAfter, double ConfidenceBefore, double ConfidenceAfter, string Reason);
