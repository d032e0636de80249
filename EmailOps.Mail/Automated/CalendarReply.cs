using System.Buffers;

namespace EmailOps.Mail.Automated;

/// <summary>
/// Answers to invitations that a click makes (iTIP, RFC 5546: method REPLY). An answer with words of its own stays a person's: programs only say that
/// somebody accepts or declines.
/// </summary>
internal static class CalendarReply
{
    private const int MaxTemplate = 600, MaxParts = 64;

    private static readonly SearchValues<string> Templates = SearchValues.Create(
    [
        "has accepted", "has declined", "has tentatively", "accepted this invitation", "declined this invitation", "tentatively accepted", "replied \"maybe\"", "has replied", "hat diese einladung", "hat die einladung", "hat angenommen", "hat abgelehnt", "a accepté", "a décliné", "a refusé", "ha aceptado", "ha rechazado", "ha accettato", "ha rifiutato", "aceitou", "recusou",
        "heeft deze uitnodiging", "heeft geaccepteerd", "heeft afgewezen", "har accepteret", "har afvist", "har accepterat", "har avböjt", "har godtatt", "har takket", "on hyväksynyt", "zaakceptował", "odrzucił", "принял", "отклонил", "přijal", "odmítl", "kabul etti", "reddetti", "承諾", "辞退", "已接受", "已拒绝", "수락했습니다", "거절했습니다",
    ], StringComparison.OrdinalIgnoreCase);

    public static bool IsIn(MailMessage message)
    {
        if (!message.Root.Walk().Take(MaxParts).Any(IsReply))
            return false;
        var text = message.VisibleText;
        var calendar = text.IndexOf("BEGIN:VCALENDAR", StringComparison.Ordinal);
        var words = (calendar < 0 ? text : text[..calendar]).AsSpan().Trim();
        return words.IsEmpty || (words.Length <= MaxTemplate && words.ContainsAny(Templates) && !words.ContainsAny('?', '\uFF1F'));
    }

    // The parameter and the property say the same; some programs write one of them only.
    private static bool IsReply(MimePart part)
    {
        if (part.ContentType.MediaType is not ("text/calendar" or "application/ics"))
            return false;
        var method = part.ContentType.Parameters["method"];
        return method is not null ? method.Equals("REPLY", StringComparison.OrdinalIgnoreCase) : part.DecodeText().Contains("METHOD:REPLY", StringComparison.OrdinalIgnoreCase);
    }
}
