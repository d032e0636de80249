using System.Buffers;

namespace EmailOps.Mail.Replies;

/// <summary>
/// Paragraphs at the end that a mail server, a virus scanner or a company's lawyers added. Only wording that nobody writes to a shop counts, and two signs of it,
/// so that a customer who speaks of confidential things keeps his words. To add a language, add its words here.
/// </summary>
internal static class Disclaimers
{
    private const int MaxParagraphs = 8, MaxLines = 60;

    private static readonly SearchValues<string> Certain = SearchValues.Create(
    [
        "virus-free. www", "virus-free.www", "virenfrei. www", "virenfrei.www", "sans virus. www", "sans virus.www", "libre de virus. www", "libre de virus.www", "privo di virus", "priva di virus. www", "virusvrij. www", "virusvrij.www", "livre de vírus. www", "wolny od wirusów. www", "без вирусов. www", "consider the environment before printing", "think before you print", "scanned for viruses by", "denken sie an die umwelt, bevor sie", "pensez à l'environnement avant d'imprimer", "confidentiality notice", "disclaimer:",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly string[][] Signs =
    [
        ["confidential", "privileged", "vertraulich", "rechtlich geschützt", "confidentiel", "confidencial", "riservat", "confidenzial", "vertrouwelijk", "poufn", "konfidentiell", "fortrolig", "luottamuksel", "конфиденциальн", "конфіденційн", "důvěrn", "bizalmas", "confidențial", "gizli", "εμπιστευτικ", "機密", "机密", "保密", "기밀"],
        ["intended solely", "intended only", "solely for the use", "for the use of the individual", "named addressee", "intended recipient", "nur für den", "ausschließlich für", "richtige adressat", "richtiger adressat", "exclusivement", "à l'intention de", "destinataire", "exclusivamente", "destinatario", "destinatário", "uitsluitend bestemd", "geadresseerde", "wyłącznie dla", "adresat", "avsedd för", "beregnet for", "tarkoitettu", "предназначен", "призначен", "určen", "címzett", "destinat", "alıcı", "παραλήπτη", "受信者", "收件人", "수신인"],
        ["in error", "by mistake", "delete it", "delete this", "notify the sender", "disclosure, copying", "irrtümlich", "vernichten sie", "informieren sie bitte", "par erreur", "détruire", "diffus", "por error", "elimín", "bórrelo", "por engano", "elimin", "per errore", "cancellar", "ten onrechte", "verwijder", "omyłk", "usunąć", "av misstag", "ved en fejl", "ved en feil", "vahingossa", "по ошибке", "удалит", "помилков", "omylem", "tévedés", "din eroare", "yanlışlıkla", "κατά λάθος", "誤って", "删除", "误"],
        ["this e-mail and any", "this email and any", "this message and any", "the information contained in this", "the contents of this e", "diese e-mail enthält", "diese nachricht enthält", "der inhalt dieser e-mail", "ce message et", "cet e-mail", "ce courriel", "este mensaje y", "este correo", "esta mensagem", "este e-mail", "questa e-mail", "questo messaggio", "il presente messaggio", "dit bericht", "deze e-mail", "niniejsza wiadomość", "ta wiadomość", "detta meddelande", "denne e-mail", "denne e-post", "tämä viesti", "данное сообщение", "это сообщение", "це повідомлення", "tato zpráva", "ez az e-mail", "acest mesaj", "bu e-posta", "本メール", "本邮件", "본 메일"],
    ];

    private static readonly SearchValues<string>[] ByKind = [.. Signs.Select(words => SearchValues.Create(words, StringComparison.OrdinalIgnoreCase))];

    /// <returns>The first line of the disclaimers that end the stretch, or <paramref name="to"/>.</returns>
    public static int Start(ReplyText text, int from, int to)
    {
        var start = to;
        for (var (end, paragraphs) = (to, 0); paragraphs < MaxParagraphs; paragraphs++)
        {
            end = SkipUp(text, from, end);
            var top = end;
            while (top > from && end - top < MaxLines && !IsGap(text, top - 1))
                top--;
            if (top == end || !IsOne(text, top, end))
                break;
            start = end = top;
        }

        return start == to ? to : SkipUp(text, from, start);
    }

    private static bool IsOne(ReplyText text, int from, int to)
    {
        var words = text.Slice(from, to).ReplaceLineEndings(" ").AsSpan();
        if (words.ContainsAny('?', '\uFF1F'))
            return false;
        if (words.ContainsAny(Certain))
            return true;
        var kinds = 0;
        foreach (var kind in ByKind)
            kinds += words.ContainsAny(kind) ? 1 : 0;
        return kinds >= 3;
    }

    private static int SkipUp(ReplyText text, int from, int end)
    {
        while (end > from && IsGap(text, end - 1))
            end--;
        return end;
    }

    private static bool IsGap(ReplyText text, int line) => text[line].IsBlank || Separators.Of(text.Content(line)) == Separator.Rule;
}
