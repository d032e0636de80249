namespace EmailOps.Mail.Automated;

/// <summary>
/// Reports that Amazon SES sends through SNS as JSON in a mail: <c>{"notificationType":"Bounce","bounce":{... "status":"5.1.1" ...}}</c>.
/// Read field by field, since mailers fold and append to the text so that it is seldom whole JSON.
/// </summary>
internal static class CloudNotice
{
    public static AutomatedFinding? Find(MailMessage message, string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{"))
            return null;
        var type = Value(text, "notificationType") ?? Value(text, "eventType");
        var kind = type?.ToUpperInvariant() switch
        {
            "BOUNCE" => AutomatedKind.Bounce,
            "COMPLAINT" => AutomatedKind.FeedbackReport,
            "DELIVERY" => AutomatedKind.DeliveredNotice,
            _ => AutomatedKind.Normal,
        };
        if (kind == AutomatedKind.Normal)
            return null;
        var status = StatusCode.Of(Value(text, "status"));
        var diagnostic = Value(text, "diagnosticCode") ?? Value(text, "smtpResponse");
        return new AutomatedFinding
        {
            Kind = kind,
            Status = StatusCode.IsVague(status) ? StatusCode.Find(diagnostic) ?? status : status,
            IsHard = kind == AutomatedKind.Bounce ? FailureCause.IsHard(status, diagnostic ?? "") : null,
            Recipient = Value(text, "emailAddress"),
            OriginalMessageId = AutomatedMail.Answered(message),
            Reason = $"It is a {type} notice of Amazon SES.",
        };
    }

    private static string? Value(string text, string name)
    {
        var at = text.IndexOf($"\"{name}\"", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var rest = text.AsSpan(at + name.Length + 2).TrimStart(": \r\n\t");
        if (rest.IsEmpty || rest[0] != '"')
            return null;
        var end = rest[1..].IndexOf('"');
        return end < 0 ? null : rest.Slice(1, end).ToString();
    }
}
