namespace EmailOps.Core.Contracts;

/// <summary>One finding of an agent.</summary>
/// <param name="Name">Stable kebab-case name, for example <c>deadline-word</c>.</param>
/// <param name="Weight">How much it counts, from -1 (speaks against) to 1 (speaks for).</param>
/// <param name="Reason">A sentence an operator understands.</param>
/// <param name="Evidence">The words in the mail it rests on, at most 200 characters.</param>
public sealed record Signal(string Name, double Weight, string Reason, string? Evidence = null);

/// <summary>A category with its calibrated probability (0-1).</summary>
public sealed record CategoryScore(string Category, double Probability);

/// <summary>Something named in the mail: an order number, an amount, a date.</summary>
/// <param name="Kind"><c>order-number</c>, <c>amount</c>, <c>date</c>, <c>tracking-number</c>, <c>email</c>, <c>phone</c>, <c>url</c>.</param>
/// <param name="Text">As written.</param>
/// <param name="Value">Normalised: ISO 8601 date, <c>49.90 EUR</c>, digits only.</param>
public sealed record Entity(string Kind, string Text, string Value);

/// <summary>Where a claim of a draft comes from.</summary>
/// <param name="ArticleId">Id of the knowledge article.</param>
/// <param name="Article">Its title.</param>
/// <param name="Heading">Heading of the passage, empty for the lead.</param>
/// <param name="Quote">The words used, at most 300 characters.</param>
/// <param name="Score">Retrieval score, higher is better, comparable within one search only.</param>
public sealed record Citation(long ArticleId, string Article, string Heading, string Quote, double Score);

public enum AgentOutcome { Ran, Skipped, Failed }

/// <summary>One step of triage as it happened.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="StartedMicroseconds">Offset from the start of triage, in microseconds.</param>
/// <param name="DurationMicroseconds">Time it took, in microseconds.</param>
/// <param name="Outcome">Ran, skipped or failed.</param>
/// <param name="Detail">Why it was skipped, how it failed, or what it found, in one sentence.</param>
/// <param name="Model">What answered it; null for agents of our own.</param>
public sealed record AgentRun(string Agent, long StartedMicroseconds, long DurationMicroseconds, AgentOutcome Outcome, string Detail, ModelStamp? Model = null);

/// <summary>An attachment by its facts; the bytes are fetched by index.</summary>
public sealed record AttachmentInfo(int Index, string? FileName, string ContentType, long Size, string Sha256, bool IsInline);

/// <summary>A name and an address as a header has them.</summary>
public sealed record Correspondent(string? Name, string Address);
