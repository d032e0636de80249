using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>Why there is no answer to act on; the caller goes on with the built-in one.</summary>
internal enum AnswerFailure
{
    /// <summary>No provider, or none that may be asked.</summary>
    NoModel,
    /// <summary>All breakers are open.</summary>
    Waiting,
    BudgetSpent,
    TimedOut,
    /// <summary>Everything else that providers do and that passes; <see cref="StrictAnswer{T}.Why"/> tells.</summary>
    Unavailable,
    /// <summary>The server understood nothing of the question, or nobody anything of what it sent: soon again it would be the same.</summary>
    Garbled,
    NotJson,
    /// <summary>Not as the shape has it, or the caller refused what it says.</summary>
    WrongShape,
    /// <summary>Stopped at its longest length, twice.</summary>
    Cut,
    /// <summary>Gave the instructions back.</summary>
    Echoed,
    /// <summary>The model or its server declined (content filter).</summary>
    Declined,
}

/// <summary>One question, written out.</summary>
/// <param name="Rules">The instructions in <paramref name="System"/> themselves, without what an answer may quote: no answer repeats them.</param>
internal record StrictQuestion(AnswerShape Shape, string System, string User, string Rules, int MaxOutputTokens);

/// <summary>One call for an answer, whatever came of it.</summary>
/// <param name="Model">Null: nobody answered.</param>
/// <param name="Asked">The question; with placeholders when it went elsewhere.</param>
/// <param name="Problem">Why the answer is not used, a sentence for people; it may hold a few words of the answer. Null when it is used.</param>
/// <param name="Began">A timestamp of the clock.</param>
internal sealed record StrictCall(ModelCall? Model, string Asked, string Answered, string? Problem, long Began, TimeSpan Took, DateTimeOffset At);

/// <param name="Value">Default when there is a <paramref name="Failure"/>.</param>
/// <param name="Why">One sentence for people; it may hold a few words of the answer.</param>
internal sealed record StrictAnswer<T>(T? Value, AnswerFailure? Failure, string? Why, IReadOnlyList<StrictCall> Calls)
{
    public bool IsUsable => Failure is null;
}
