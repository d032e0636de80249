namespace EmailOps.Core.Triage.Consulting;

/// <summary>What a language model can be asked about a message.</summary>
[Flags]
internal enum ConsultQuestions
{
    None = 0,
    /// <summary>Category and priority.</summary>
    Judge = 1,
    Summary = 2,
    Draft = 4,
}

/// <summary>What to ask about one message.</summary>
/// <param name="Reason">Why these questions, or why none, in one sentence.</param>
internal sealed record ConsultPlan(ConsultQuestions Questions, string Reason)
{
    public bool Wants => Questions != ConsultQuestions.None;
}
