namespace EmailOps.Mail.Automated;

/// <summary>
/// Tells mail that no person wrote (and none may answer automatically, RFC 3834 section 2) from people's mail: delivery reports (RFC 3464), read
/// receipts (RFC 8098), abuse reports (RFC 5965), automatic replies, notices and list mail. What says so in its structure or header is taken at its
/// word; wording decides for mailers that say nothing there. In doubt a message is a person's.
/// </summary>
public static class AutomatedMail
{
    public static AutomatedFinding Classify(MailMessage message)
    {
        var report = ReportText.Of(message);
        var sender = Sender.Of(message);
        if (Structured(message, sender, report) is { } structured)
            return structured;
        var isReply = AbsenceNote.IsIn(message, sender, report);
        if (!isReply && Bounce.Find(message, sender, report) is { } bounce)
            return bounce;
        if (isReply && report.HasDeliveryPart && Bounce.Find(message, sender, report) is { } formal)
            return formal;
        if (AutoHeaders.Find(message, isReply) is { } header)
            return Found(message, header.Kind, header.Reason);
        return isReply
            ? Found(message, AutomatedKind.AutoReply, "Its wording is that of an automatic reply.")
            : Found(message, AutomatedKind.Normal, "Nothing says that a machine wrote it.");
    }

    private static AutomatedFinding? Structured(MailMessage message, Sender sender, ReportText report)
    {
        var type = message.Root.ContentType.Parameters["report-type"];
        if (report.Feedback is { } feedback || Is(type, "feedback-report"))
            return Complaint.Make(message, report, "It is an abuse report (RFC 5965).");
        if (Complaint.Reason(message) is { } reason)
            return Complaint.Make(message, report, reason);
        if (report.Disposition is { } disposition || Is(type, "disposition-notification"))
            return Receipt(message, report);
        return CloudNotice.Find(message, report.Human) ?? ReceiptBySubject(message, sender, report);
    }

    private static AutomatedFinding Receipt(MailMessage message, ReportText report) => new()
    {
        Kind = AutomatedKind.ReadReceipt,
        Recipient = Address(ReportText.Field(report.Disposition ?? "", "Final-Recipient")),
        OriginalMessageId = ReportText.Field(report.Disposition ?? "", "Original-Message-ID")?.Trim(' ', '<', '>') ?? report.OriginalMessageId ?? Answered(message),
        Reason = "It is a read receipt (RFC 8098).",
    };

    // Notes and old Exchange write receipts without the report: "Read: Order 17", "Your message was read on ...".
    private static AutomatedFinding? ReceiptBySubject(MailMessage message, Sender sender, ReportText report)
    {
        foreach (var start in (ReadOnlySpan<string>)["read:", "not read:", "gelesen:", "ungelesen gelöscht:", "lu :", "lu:", "non lu :", "leído:", "lido:", "lida:", "letto:", "gelezen:", "läst:", "læst:", "lest:", "luettu:", "przeczytano:", "прочтено:", "прочитано:", "開封済み:", "已读:", "已讀:", "읽음:", "return receipt", "read receipt"])
        {
            if (message.Subject.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (sender.IsNull || message.Headers.Contains("X-MS-Exchange-Generated-Message-Source") || report.Flat.Contains("was read", StringComparison.OrdinalIgnoreCase) || report.Flat.Contains("was displayed", StringComparison.OrdinalIgnoreCase)))
                return Receipt(message, report);
        }

        return null;
    }

    private static AutomatedFinding Found(MailMessage message, AutomatedKind kind, string reason) =>
        new() { Kind = kind, OriginalMessageId = kind == AutomatedKind.AutoReply ? Answered(message) : null, Reason = reason };

    internal static string? Answered(MailMessage message) =>
        message.InReplyTo.Count > 0 ? message.InReplyTo[0] : message.References.Count > 0 ? message.References[^1] : null;

    internal static string? Address(string? field) =>
        field is null ? null : field[(field.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim(' ', '<', '>', '"');

    private static bool Is(string? value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);
}
