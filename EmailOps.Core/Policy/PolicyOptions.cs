namespace EmailOps.Core.Policy;

/// <summary>The bands of mailboxes without rules of their own, 0-100; bound to the section <c>Policy</c>.</summary>
internal sealed class PolicyOptions
{
    public const string Section = "Policy";

    /// <summary>Answer automatically from here (AUTO_HANDLE).</summary>
    public double AutoHandle { get; set; } = MailboxPolicy.Default.AutoHandle;
    /// <summary>Suggest the draft from here (SUGGEST_RESPONSE).</summary>
    public double SuggestResponse { get; set; } = MailboxPolicy.Default.SuggestResponse;
    /// <summary>Hold for review from here; below, escalate (HUMAN_REVIEW).</summary>
    public double HumanReview { get; set; } = MailboxPolicy.Default.HumanReview;

    public MailboxPolicy Default => MailboxPolicy.Default with { AutoHandle = AutoHandle, SuggestResponse = SuggestResponse, HumanReview = HumanReview };

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => HumanReview >= 0 && HumanReview <= SuggestResponse && SuggestResponse <= AutoHandle && AutoHandle <= 100
        ? null
        : $"{Section} bands are {AutoHandle}/{SuggestResponse}/{HumanReview}; AUTO_HANDLE must not be below SUGGEST_RESPONSE, nor that below HUMAN_REVIEW, all between 0 and 100.";
}
