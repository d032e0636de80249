namespace EmailOps.Mail.Automated;

/// <summary>Abuse and unsubscribe reports: RFC 5965, and those that providers send in forms of their own.</summary>
internal static class Complaint
{
    /// <summary>By what a report without the standard parts is recognised, or null.</summary>
    public static string? Reason(MailMessage message)
    {
        var headers = message.Headers;
        if (headers.Contains("X-Apple-Unsubscribe"))
            return "A mail program sent it to unsubscribe (X-Apple-Unsubscribe).";
        if (headers.Contains("Auto-Submitted") && message.Subject.Trim().Equals("unsubscribe", StringComparison.OrdinalIgnoreCase))
            return "A mail program sent it to unsubscribe.";
        if (headers.Contains("X-HmXmrOriginalRecipient") || message.Subject.StartsWith("complaint about message from ", StringComparison.OrdinalIgnoreCase))
            return "It is a complaint that a provider passes on.";
        return message.Subject.StartsWith("Email Feedback Report for IP", StringComparison.OrdinalIgnoreCase) ? "It is a provider's feedback report." : null;
    }

    public static AutomatedFinding Make(MailMessage message, ReportText report, string reason)
    {
        var feedback = report.Feedback ?? "";
        var recipient = AutomatedMail.Address(ReportText.Field(feedback, "Original-Rcpt-To")) ?? AutomatedMail.Address(ReportText.Field(feedback, "Removal-Recipient")) ?? message.Headers["X-HmXmrOriginalRecipient"];
        return new AutomatedFinding
        {
            Kind = AutomatedKind.FeedbackReport,
            Recipient = recipient,
            Recipients = recipient is null ? [] : [recipient],
            OriginalMessageId = report.OriginalMessageId ?? AutomatedMail.Answered(message),
            Reason = reason,
        };
    }
}
