using EmailOps.Mail.Replies;

namespace EmailOps.Mail.Automated;

/// <summary>
/// Automatic replies by their wording, for senders that mark them in no header. A subject in the form of one decides; softer wording needs a second
/// sign, since customers go on holiday too and write about it.
/// </summary>
internal static class AbsenceNote
{
    // A note says at once what it is, and is short.
    private const int Start = 300, MaxLength = 2500, MaxSubject = 1000;

    public static bool IsIn(MailMessage message, Sender sender, ReportText report)
    {
        if (sender.IsDaemon)
            return false;
        var subject = SubjectPrefix.Strip(message.Subject);
        if ((BeginsWith(subject, AutoReplyWords.SubjectStarts, out var isWhole) && isWhole) || HasWithColon(message.Subject))
            return !SubjectPrefix.IsReplyOrForward(message.Subject) || (SubjectPrefix.IsReply(message.Subject) && SaysSo(message, sender));
        var text = report.Flat.AsSpan();
        var top = text[..Math.Min(text.Length, Start)];
        var isAnswer = IsAnswer(message) || sender.IsNull;
        if (text.Length > MaxLength || report.Human.Contains("\n>", StringComparison.Ordinal))
            return false;
        if (isAnswer && top.ContainsAny(AutoReplyWords.Certain))
            return true;
        var isHinted = BeginsWith(subject, AutoReplyWords.SubjectStarts, out _) || BeginsWith(subject, AutoReplyWords.SubjectHints, out _);
        // Neither an answer nor a hint: no wording would decide.
        if (!isAnswer && !isHinted)
            return false;
        var isAway = top.ContainsAny(AutoReplyWords.Away);
        return (sender.IsNull && (isAway || isHinted)) || (isAway && (isAnswer || isHinted) && text.ContainsAny(AutoReplyWords.Handover) && !IsCustomers(NewWords(message)));
    }

    public static bool IsAnswer(MailMessage message) =>
        message.InReplyTo.Count > 0 || message.References.Count > 0 || SubjectPrefix.IsReplyOrForward(message.Subject);

    // "Re: Out of office: Your order": a program that puts its words behind the prefix, or a person who answers a program's note. New words tell.
    private static bool SaysSo(MailMessage message, Sender sender)
    {
        if (sender.IsNull)
            return true;
        var words = NewWords(message);
        return words.ContainsAny(AutoReplyWords.Certain) || (words.ContainsAny(AutoReplyWords.Away) && !IsCustomers(words));
    }

    // A note neither asks nor speaks of parcels: "I am on holiday, please deliver it when I return" is a customer's.
    private static bool IsCustomers(ReadOnlySpan<char> words) => words.ContainsAny('?', '\uFF1F', '\u061F') || words.ContainsAny(AutoReplyWords.Customers);

    private static ReadOnlySpan<char> NewWords(MailMessage message) => ReplyParser.Parse(message).NewText.ReplaceLineEndings(" ").Replace('\u2019', '\'');

    private static bool BeginsWith(ReadOnlySpan<char> subject, string[] starts, out bool isWhole)
    {
        isWhole = false;
        var begins = false;
        subject = subject.TrimStart("[(*{<\u3010 "); // "[Auto-Reply] Your order"
        foreach (var start in starts)
        {
            if (!subject.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                continue;
            var rest = subject[start.Length..].TrimStart();
            // "Out of Office Re: Your order": the program put its words before the subject it answers.
            isWhole |= rest.IsEmpty || SubjectPrefix.IsReplyOrForward(rest) || rest[0] is ':' or '\uFF1A' or '-' or '\u2013' or '(' or '[' or '\u3010' or ']' or ')' or '\u3011';
            // A whole word, or a script without spaces.
            begins |= rest.Length < subject.Length - start.Length || rest.IsEmpty || !char.IsLetter(rest[0]) || start[0] >= '\u3000';
        }

        return begins || isWhole;
    }

    // "Notification of absence, automatic reply: Your order"
    private static bool HasWithColon(string subject)
    {
        subject = subject.Length > MaxSubject ? subject[..MaxSubject] : subject;
        for (var colon = subject.IndexOf(':', StringComparison.Ordinal); colon > 0; colon = subject.IndexOf(':', colon + 1))
        {
            var before = subject.AsSpan(0, colon).TrimEnd();
            foreach (var start in AutoReplyWords.SubjectStarts)
            {
                if (start.Length >= 10 && before.EndsWith(start, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }
}
