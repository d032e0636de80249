using System.Diagnostics.CodeAnalysis;

namespace EmailOps.Web.Calls;

public enum ProblemKind
{
    /// <summary>Nobody answered, or not in time.</summary>
    Unreachable,
    /// <summary>The Api does not accept our key.</summary>
    KeyRefused,
    NotFound,
    /// <summary>Somebody else was faster (412), or the state does not allow it (409).</summary>
    Conflict,
    /// <summary>The Api understood and said no (400, 413, 422).</summary>
    Refused,
    /// <summary>The Api failed, or answered something that is no answer.</summary>
    Failed,
}

/// <summary>Why there is no answer, in words for an operator.</summary>
public sealed record ApiProblem(ProblemKind Kind, string Title, string Detail);

/// <summary>What the Api said: a value, or a problem. A page must look at the problem to get at the value.</summary>
public readonly record struct Answer<T>(T? Value, ApiProblem? Problem)
{
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Ok => Problem is null;
}

/// <summary>Answer to a call that returns nothing but done.</summary>
internal readonly record struct Done;
