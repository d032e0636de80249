namespace EmailOps.Core.Contracts;

/// <summary>What a sentence of a draft rests on.</summary>
public enum Trace
{
    /// <summary>Greeting, sign-off or another sentence of the team's template.</summary>
    Template,
    /// <summary>A passage of the knowledge base.</summary>
    Passage,
    /// <summary>What the correspondent wrote, said back.</summary>
    Mail,
    /// <summary>Politeness that claims nothing.</summary>
    Courtesy,
    /// <summary>Its words cannot be compared: no passage is in the language of the draft. Figures and addresses were.</summary>
    Unchecked,
    /// <summary>Nothing says this.</summary>
    NotFound,
}

/// <summary>A piece of a draft that nothing says.</summary>
/// <param name="Kind"><c>amount</c>, <c>percent</c>, <c>number</c>, <c>date</c>, <c>time</c>, <c>url</c>, <c>email</c>, <c>phone</c>, <c>code</c>, <c>name</c>, <c>meaning</c> (turned round) or <c>sentence</c>.</param>
/// <param name="Start">UTF-16 offset in the draft.</param>
/// <param name="Text">The words, at most 200 characters.</param>
/// <param name="Reason">A sentence an operator understands.</param>
public sealed record UntracedClaim(string Kind, int Start, int Length, string Text, string Reason);

/// <summary>One sentence of a draft and what it rests on.</summary>
/// <param name="Article">Title of the article, for <see cref="Contracts.Trace.Passage"/>.</param>
/// <param name="Untraced">Empty when all of it was traced.</param>
public sealed record SentenceTrace(int Start, int Length, Trace Trace, string? Article, string? Heading, IReadOnlyList<UntracedClaim> Untraced);

/// <summary>Where everything in a draft comes from.</summary>
/// <param name="IsGrounded">Every sentence, figure, address and name was traced. A draft that is not is never sent without a person.</param>
public sealed record GroundingReport(bool IsGrounded, IReadOnlyList<SentenceTrace> Sentences)
{
    /// <summary>What was not found, in order.</summary>
    public IEnumerable<UntracedClaim> NotFound => Sentences.SelectMany(s => s.Untraced);
}
