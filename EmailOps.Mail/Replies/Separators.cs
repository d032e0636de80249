using System.Buffers;

namespace EmailOps.Mail.Replies;

/// <summary>What a separator line says about the mail below it.</summary>
internal enum Separator
{
    None,

    /// <summary>A line of dashes, stars or underscores without words.</summary>
    Rule,

    /// <summary>"-----Original Message-----" in any language of the table.</summary>
    Original,

    /// <summary>"---------- Forwarded message ----------", "Begin forwarded message:".</summary>
    Forwarded,

    /// <summary>"Please type your reply above this line": put there by help desks.</summary>
    ReplyAbove,
}

/// <summary>Separator lines, by language. To add a language, add its words here.</summary>
internal static class Separators
{
    private const int MaxLength = 120;

    private static readonly SearchValues<string> OriginalWords = SearchValues.Create(
    [
        "original message", "original-nachricht", "originalnachricht", "ursprüngliche nachricht", "ursprüngliche mitteilung", "message d'origine", "message d’origine",
        "message original", "message initial", "mensaje original", "missatge original", "mensagem original", "messaggio originale", "oorspronkelijk bericht",
        "origineel bericht", "oprindelig meddelelse", "opprinnelig melding", "oprindelig besked", "original meddelelse", "ursprungligt meddelande", "ursprungsmeddelande",
        "originalmeddelande", "alkuperäinen viesti", "oryginalna wiadomość", "wiadomość oryginalna", "treść oryginalnej wiadomości", "исходное сообщение",
        "оригинальное сообщение", "исходное письмо", "вихідне повідомлення", "оригінальне повідомлення", "původní zpráva", "pôvodná správa", "eredeti üzenet", "mesaj original",
        "mesajul original", "orijinal mesaj", "özgün ileti", "özgün İleti", "orjinal mesaj", "özgün i̇leti", "αρχικό μήνυμα", "ההודעה המקורית", "הודעה מקורית", "الرسالة الأصلية", "元のメッセージ", "オリジナルメッセージ",
        "原始邮件", "原始郵件", "原邮件", "원본 메시지", "원본 메일", "thư gốc", "tin nhắn gốc", "pesan asli", "ข้อความต้นฉบับ", "izvorna poruka", "originalna poruka", "izvirno sporočilo",
        "оригинално съобщение", "original appointment", "originaltermin",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> ForwardedWords = SearchValues.Create(
    [
        "forwarded message", "forwarded by", "begin forwarded message", "forwarded mail", "weitergeleitete nachricht", "weitergeleitete mail", "weitergeleiteten nachricht", "message transféré", "message réexpédié",
        "mail transféré", "courriel transféré", "mensaje reenviado", "missatge reenviat", "mensagem encaminhada", "mensagem reencaminhada", "messaggio inoltrato", "doorgestuurd bericht",
        "videresendt meddelelse", "videresendt besked", "videresendt melding", "vidarebefordrat meddelande", "vidarebefordrat brev", "välitetty viesti", "edelleenlähetetty viesti",
        "przekazana wiadomość", "przesłana dalej wiadomość", "wiadomość przekazana", "treść przekazanej wiadomości", "пересылаемое сообщение", "пересланное сообщение", "переадресованное сообщение", "переадресованного сообщения", "пересылаемое письмо",
        "пересланное письмо", "переслане повідомлення", "переслане", "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet", "továbbított levél", "mesaj redirecționat", "mesaj redirectionat",
        "yönlendirilen ileti", "yönlendirilen İleti", "İletilen ileti", "İletilen mesaj", "İletilmiş ileti", "iletilmiş mesaj", "İletilmiş mesaj", "iletilen mesaj", "iletilmiş ileti", "προωθημένο μήνυμα", "הודעה שהועברה", "رسالة معاد توجيهها", "الرسالة المحولة", "転送されたメッセージ", "転送メッセージ", "转发的邮件",
        "轉寄的郵件", "转发邮件", "轉寄郵件", "被转发的信息", "전달된 메시지", "전달된 메일", "thư đã chuyển tiếp", "thư được chuyển tiếp", "pesan terusan", "pesan yang diteruskan", "ข้อความที่ส่งต่อ",
        "proslijeđena poruka", "prosleđena poruka", "препратено съобщение", "posredovano sporočilo",
    ], StringComparison.OrdinalIgnoreCase);

    // Apple Mail announces what it forwards without dashes, in a sentence that ends in a colon.
    private static readonly string[] ForwardedStarts =
    [
        "begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "début du message transféré", "inicio del mensaje reenviado", "início da mensagem reencaminhada",
        "início da mensagem encaminhada", "inizio messaggio inoltrato", "begin doorgestuurd bericht", "start på videresendt besked", "start videresendt melding", "påbörjat vidarebefordrat meddelande",
        "vidarebefordrat brev", "välitetty viesti alkaa", "początek przekazanej wiadomości", "rozpoczęcie przekazanej wiadomości", "начало переадресованного сообщения", "начало пересылаемого сообщения", "початок пересланого повідомлення", "začátek přeposlané zprávy",
        "továbbított levél kezdete", "yönlendirilen ileti başlangıcı", "iletilen mesajın başlangıcı", "αρχή προωθημένου μηνύματος", "転送されたメッセージ", "下面是被转发的邮件", "以下是轉寄的郵件", "전달된 메시지 시작",
    ];

    private static readonly SearchValues<string> ReplyAboveWords = SearchValues.Create(
    [
        "reply above this line", "type your reply above", "write a reply above", "reply above the line", "write above this line", "oberhalb dieser zeile", "über dieser zeile", "répondre au-dessus de cette ligne",
        "au-dessus de cette ligne", "por encima de esta línea", "encima de esta línea", "acima desta linha", "sopra questa riga", "boven deze regel", "boven deze lijn", "над этой чертой", "ovenfor denne linjen", "ovanför den här raden",
        "powyżej tej linii", "nad tuto čáru", "この行より上", "请在此行上方", "reply above -#",
    ], StringComparison.OrdinalIgnoreCase);

    public static Separator Of(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || line.Length > MaxLength)
            return Separator.None;
        var words = line.Trim("-\u2010\u2011\u2012\u2013\u2014\u2015_=*#+~<>| \t\u00A0\u1427");
        if (words.IsEmpty)
            return line.Length >= 2 || line[0] == '\u1427' ? Separator.Rule : Separator.None; // U+1427: left by a tracking add-on of Gmail
        // Framed, or standing alone: a customer may speak of "my reply above this line".
        if (words.ContainsAny(ReplyAboveWords) && (line[0] is '#' or '*' or '~' || IsFramed(line) || words.Length <= 48))
            return Separator.ReplyAbove;
        if (IsFramed(line) && words.Length <= 60)
        {
            if (words.ContainsAny(ForwardedWords))
                return Separator.Forwarded;
            if (words.ContainsAny(OriginalWords))
                return Separator.Original;
        }

        if (words[^1] is ':' or '\uFF1A')
        {
            foreach (var start in ForwardedStarts)
            {
                if (words.StartsWith(start, StringComparison.OrdinalIgnoreCase) && words.Length < start.Length + 4)
                    return Separator.Forwarded;
            }
        }

        return Separator.None;
    }

    // Dashes before the words at least; some clients leave them away behind.
    private static bool IsFramed(ReadOnlySpan<char> line)
    {
        line = line.TrimStart("*> \t");
        return line.Length > 2 && line[0] is '-' or '_' or '=' or '\u2014' or '\u2013' or '\u2015' && line[1] is '-' or '_' or '=' or '\u2014' or '\u2013' or '\u2015' or ' ';
    }
}
