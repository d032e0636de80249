namespace EmailOps.Mail.Automated;

/// <summary>Delivery reports: those in the form of RFC 3464, and those that only say so in words.</summary>
internal static class Bounce
{
    private const int MaxRecipients = 50;

    public static AutomatedFinding? Find(MailMessage message, Sender sender, ReportText report)
    {
        var subject = message.Subject;
        var delivered = report.Deliveries.Count > 0 && report.Deliveries.TrueForAll(r => r.IsDelivered);
        if (delivered)
            return Delivered(message, report);
        if (report.HasDeliveryPart || message.Root.ContentType.Parameters["report-type"]?.StartsWith("delivery-status", StringComparison.OrdinalIgnoreCase) is true)
            return Make(message, report, "It is a delivery report (RFC 3464).");
        if (message.Headers["X-Failed-Recipients"] is not null)
            return Make(message, report, "It names failed recipients in its header (X-Failed-Recipients).");
        if (subject.AsSpan().ContainsAny(BounceWords.DeliveredSubjects) && (sender.IsDaemon || sender.IsNull))
            return Delivered(message, report);
        return Words(message, sender, report) is { } reason ? Make(message, report, reason) : null;
    }

    // A shop's customers write "not delivered" all day: without a machine's sender only what mail software alone writes counts.
    private static string? Words(MailMessage message, Sender sender, ReportText report)
    {
        if (sender.IsDaemon)
            return "It comes from a mailer daemon.";
        var hasSubject = message.Subject.AsSpan().ContainsAny(BounceWords.Subjects);
        // Ordinary mail ends here: without a sign in sender, fields or subject no wording decides, and the searches below cost as much as reading the mail.
        if (!sender.IsPostmaster && !sender.IsNull && report.Deliveries.Count == 0 && !hasSubject)
            return null;
        var isCertain = report.Flat.AsSpan().ContainsAny(BounceWords.Certain);
        var hasSentence = isCertain || report.Flat.AsSpan().ContainsAny(BounceWords.Sentences);
        StatusCode.Find(report.Human, last: false, out var anchor);
        var hasCode = anchor >= StatusCode.Anchor.Marked;
        if (sender.IsPostmaster && (hasSubject || hasSentence || hasCode || report.Flat.AsSpan().ContainsAny(BounceWords.Remarks)))
            return "It comes from a postmaster and speaks of a message that did not arrive.";
        if (sender.IsNull && (isCertain || hasCode || (hasSubject && hasSentence)))
            return "It has no return address and speaks of a message that did not arrive.";
        if (report.Deliveries.Count > 0 && (hasSubject || hasSentence || sender.IsNull))
            return "It carries the fields of a delivery report.";
        // People answer and forward reports, too: those are theirs.
        return hasSubject && isCertain && !SubjectPrefix.IsReplyOrForward(message.Subject) ? "Subject and text are those of a delivery report." : null;
    }

    private static AutomatedFinding Delivered(MailMessage message, ReportText report) => new()
    {
        Kind = AutomatedKind.DeliveredNotice,
        Status = StatusCode.Of(report.Deliveries.FirstOrDefault()?.Status),
        Recipient = report.Deliveries.FirstOrDefault()?.Address,
        Recipients = Recipients(message, report),
        OriginalMessageId = Original(message, report),
        Reason = "It reports that a message was delivered.",
    };

    private static AutomatedFinding Make(MailMessage message, ReportText report, string reason)
    {
        if (!report.Deliveries.Exists(r => r.Status is not null || r.Diagnostic is not null))
            report.RescueFrom(message);
        var failed = report.Deliveries.Find(r => !r.IsDelivered && (r.Status is not null || r.Diagnostic is not null)) ?? report.Deliveries.Find(r => !r.IsDelivered);
        var status = Status(failed, report);
        // Subjects say what happened, rarely why ("returning message to sender" is not about the sender): asked only where the text has no answer.
        var words = failed?.Diagnostic is { Length: > 8 } diagnostic ? diagnostic : report.Flat;
        return new AutomatedFinding
        {
            Kind = AutomatedKind.Bounce,
            Status = status,
            IsHard = FailureCause.IsHard(status, words) ?? FailureCause.IsHard(status, $"{message.Subject} {words}"),
            Recipient = failed?.Address ?? message.Headers["X-Failed-Recipients"]?.Split(',')[0].Trim() ?? AddressIn(message, report.Human),
            IsDelayed = IsDelayed(message, failed, report),
            Diagnostic = failed?.Diagnostic,
            Recipients = Recipients(message, report),
            OriginalMessageId = Original(message, report),
            Reason = status is null ? reason : $"{reason} Status {status}.",
        };
    }

    // What the remote server said is closer to the truth than what the reporting one made of it, and words in the text may be closer still than "5.0.0".
    private static string? Status(DeliveryFields? failed, ReportText report)
    {
        var field = StatusCode.Of(failed?.Status);
        if (failed?.Diagnostic is { } diagnostic && StatusCode.Find(diagnostic, last: true) is { } said && !(StatusCode.IsVague(said) && !StatusCode.IsVague(field)))
            return said;
        if (!StatusCode.IsVague(field))
            return field;
        var written = StatusCode.Find(report.Human, last: false, out var anchor);
        return field is not null && (anchor < StatusCode.Anchor.Marked || StatusCode.IsVague(written)) ? field : written ?? field;
    }

    private static string? Original(MailMessage message, ReportText report) =>
        report.OriginalMessageId ?? (message.InReplyTo.Count > 0 ? message.InReplyTo[0] : message.References.Count > 0 ? message.References[^1] : null);

    // A report that names an action is taken at its word; else the wording tells, unless the status says that it is over.
    private static bool IsDelayed(MailMessage message, DeliveryFields? failed, ReportText report) => failed?.Action is { } action
        ? action.StartsWith("delay", StringComparison.OrdinalIgnoreCase)
        : StatusCode.Of(failed?.Status) is not ['5', ..] && (message.Subject.AsSpan().ContainsAny(BounceWords.Delays) || report.Flat.AsSpan().ContainsAny(BounceWords.Delays));

    private static List<string> Recipients(MailMessage message, ReportText report)
    {
        List<string> found = [];
        foreach (var delivery in report.Deliveries)
        {
            foreach (var field in (string?[])[delivery.FinalRecipient, delivery.OriginalRecipient])
            {
                if (AutomatedMail.Address(field) is { Length: > 2 } address)
                    Add(address);
            }
        }

        foreach (var address in message.Headers["X-Failed-Recipients"]?.Split(',', StringSplitOptions.TrimEntries) ?? [])
            Add(address);
        foreach (var address in AddressesIn(report.Human))
            Add(address);
        return found;

        void Add(string address)
        {
            if (found.Count < MaxRecipients && !found.Contains(address, StringComparer.OrdinalIgnoreCase))
                found.Add(address);
        }
    }

    // The first address in the text that is neither the reporter's nor the reader's.
    private static string? AddressIn(MailMessage message, string text) =>
        AddressesIn(text).FirstOrDefault(address => !Known(message.From, address) && !Known(message.To, address));

    private static IEnumerable<string> AddressesIn(string text)
    {
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var (start, end) = (at, at + 1);
            while (start > 0 && IsAddressChar(text[start - 1]))
                start--;
            while (end < text.Length && IsAddressChar(text[end]))
                end++;
            var address = text[start..end].Trim('.');
            if (start < at && end > at + 3 && address.Contains('.', StringComparison.Ordinal))
                yield return address;
            at = end - 1;
        }
    }

    private static bool IsAddressChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '=' or '@';

    private static bool Known(IReadOnlyList<Address> list, string address) => list.Any(a => a.Addr.Equals(address, StringComparison.OrdinalIgnoreCase));
}
