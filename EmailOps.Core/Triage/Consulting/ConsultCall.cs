using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>One question that was put to a language model, as it is stored.</summary>
/// <param name="Problem">Why the answer was not used; null when it was.</param>
internal sealed record ConsultCall(string Agent, ModelStamp Stamp, string Asked, string Answered, string? Problem, TimeSpan Took, DateTimeOffset At)
{
    /// <summary>Characters that are kept of a question and of an answer.</summary>
    public const int AskedLimit = 32_000, AnsweredLimit = 8_000;

    public ModelCallView View => new(Agent, Stamp, Asked, Answered, Problem, Math.Round(Took.TotalSeconds, 3), At);
}

/// <summary>When a message that was judged without the model may be judged again.</summary>
internal enum JudgeAgain
{
    /// <summary>All was answered.</summary>
    Never,
    /// <summary>As soon as a provider is back.</summary>
    WhenBack,
    /// <summary>The day's budget is spent.</summary>
    NextDay,
    /// <summary>An answer could not be used: after a pause, a few times.</summary>
    AfterPause,
}

/// <summary>What came of asking about one message.</summary>
/// <param name="Result">The built-in judgement with what answers changed.</param>
/// <param name="Degraded">Why it was judged (partly) without the model, a sentence; null when all was answered.</param>
internal sealed record Consulted(TriageResult Result, IReadOnlyList<ConsultCall> Calls, string? Degraded, JudgeAgain Again);
