using System.Buffers;

namespace EmailOps.Mail.Automated;

/// <summary>Wording of automatic replies, by language. To add a language, add its words here.</summary>
internal static class AutoReplyWords
{
    /// <summary>Subjects of automatic replies; followed by a colon, a dash, a bracket or nothing they decide: "Automatic reply: Your order".</summary>
    public static readonly string[] SubjectStarts =
    [
        "automatic reply", "auto reply", "autoreply", "auto-reply", "auto response", "autoresponse", "auto-response", "automated reply", "automated response", "auto responder", "autoresponder", "out of office", "out-of-office", "out of the office", "out of office reply", "out of office autoreply", "out of office notification", "ooo", "vacation reply", "vacation response", "vacation message", "vacation autoreply", "away from my mail", "away from my desk", "away from the office",
        "automatische antwort", "automatische rückantwort", "abwesenheitsnotiz", "abwesenheitsbenachrichtigung", "abwesenheitsmeldung", "abwesenheitsassistent", "autoantwort", "automatische eingangsbestätigung",
        "réponse automatique", "réponse auto", "réponse d'absence", "absence du bureau", "message d'absence", "notification d'absence", "avis d'absence", "respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina", "ausente de la oficina", "resposta automática", "resposta automatica", "ausência temporária", "fora do escritório", "resposta automàtica",
        "risposta automatica", "fuori sede", "fuori ufficio", "risponditore automatico", "automatisch antwoord", "automatische reactie", "automatisch bericht", "niet op kantoor", "afwezigheidsbericht", "afwezigheidsmelding", "autosvar", "automatisk svar", "automatiskt svar", "frånvaromeddelande", "fraværsmelding", "fraværsbesked", "ikke på kontoret", "automaattinen vastaus", "poissa toimistosta", "poissaoloilmoitus",
        "autoodpowiedź", "automatyczna odpowiedź", "odpowiedź automatyczna", "poza biurem", "автоответ", "автоответчик", "автоматический ответ", "нет на месте", "вне офиса", "автоматична відповідь", "автовідповідь", "поза офісом", "automatická odpověď", "mimo kancelář", "automatická odpoveď", "mimo kancelárie", "automatikus válasz", "házon kívül", "răspuns automat", "în afara biroului", "automatski odgovor", "samodejni odgovor",
        "automatinis atsakymas", "automātiska atbilde", "automātiskā atbilde", "automatiska atbilde", "automaatvastus", "otomatik yanıt", "ofis dışında", "αυτόματη απάντηση", "εκτός γραφείου", "תשובה אוטומטית", "מענה אוטומטי", "מחוץ למשרד", "رد تلقائي", "خارج المكتب", "自動応答", "自動返信", "不在通知", "不在のお知らせ", "自动答复", "自动回复", "自動回覆", "自動回复", "不在办公室", "外出通知", "자동 회신", "자동응답", "부재 중 알림",
        "trả lời tự động", "tự động trả lời", "balasan otomatis", "ตอบกลับอัตโนมัติ", "автоматичен отговор",
    ];

    /// <summary>Subjects that a person may begin with as well: they count with other evidence.</summary>
    public static readonly string[] SubjectHints =
    [
        "auto", "on vacation", "vacation", "on holiday", "on leave", "holiday", "i am away", "i'm away", "i am out of", "i'm out of", "currently away", "away", "abwesenheit", "abwesend", "urlaub", "im urlaub", "außer haus", "nicht im büro", "absence", "absent", "en congés", "congés", "vacances", "ausente", "ausencia", "vacaciones", "ausência", "férias", "assente", "assenza", "in ferie", "ferie", "afwezig", "vakantie", "frånvaro", "semester", "fravær", "ferie",
        "nieobecność", "nieobecny", "urlop", "отпуск", "отсутствие", "відпустка", "nepřítomnost", "dovolená", "szabadság", "concediu", "atvaļinājum", "izinde", "άδεια", "חופשה", "إجازة", "休暇", "休假", "휴가", "부재중",
    ];

    /// <summary>What only a machine says of itself in the first lines.</summary>
    public static readonly SearchValues<string> Certain = SearchValues.Create(
    [
        "this is an automatic reply", "this is an automated reply", "this is an automated response", "this is an automatic response", "this is an auto-reply", "this is an autoreply", "this is an auto-generated", "this is an auto generated", "this is an automatically generated", "dies ist eine automatische antwort", "dies ist eine automatisch", "diese nachricht wurde automatisch", "ceci est une réponse automatique", "ceci est un message automatique", "este es un mensaje automático", "esta es una respuesta automática",
        "esta é uma resposta automática", "esta é uma mensagem automática", "questa è una risposta automatica", "questo è un messaggio automatico", "dit is een automatisch", "detta är ett automatiskt", "dette er et automatisk", "tämä on automaattinen", "to jest automatyczna", "to jest automatycznie", "это автоматический ответ", "это автоматическое", "це автоматична відповідь", "toto je automatická", "ez egy automatikus", "acesta este un răspuns automat", "bu otomatik bir", "αυτή είναι μια αυτόματη", "זוהי תשובה אוטומטית", "هذا رد تلقائي", "このメールは自動", "自動返信です", "这是自动回复", "此邮件为自动", "자동으로 발송",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>"I am away", in the first lines.</summary>
    public static readonly SearchValues<string> Away = SearchValues.Create(
    [
        "i'm away until", "i am away until", "i will be away", "currently away", "out of the office", "out of office", "away from the office", "away from my desk", "on annual leave", "on vacation", "on leave until", "currently on leave", "on maternity leave", "on holiday", "nicht im büro", "nicht im hause", "im urlaub", "bin abwesend", "nicht erreichbar", "außer haus", "je suis absent", "actuellement absent", "serai absent", "en congé", "fuera de la oficina", "de vacaciones", "estaré ausente", "de férias", "fora do escritório", "estarei ausente",
        "fuori ufficio", "sono assente", "sarò assente", "in ferie", "niet aanwezig", "ik ben afwezig", "op vakantie", "niet op kantoor", "inte på kontoret", "på semester", "ikke på kontoret", "på ferie", "holder ferie", "olen poissa", "olen lomalla", "poza biurem", "na urlopie", "nie ma mnie w biurze", "в отпуске", "меня не будет", "отсутствую", "у відпустці", "nejsem v kanceláři", "mimo kancelář", "na dovolené", "nem vagyok az irodában", "szabadságon", "în concediu",
        "ofis dışında", "izindeyim", "σε άδεια", "λείπω από", "בחופשה", "إجازة", "خارج المكتب", "休暇", "不在に", "不在办公室", "休假", "不在公司", "부재중", "휴가",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>What absence notes add: who else may help, and when the writer reads again. A customer does not say so to a shop.</summary>
    public static readonly SearchValues<string> Handover = SearchValues.Create(
    [
        "dès mon retour", "à partir de mon retour", "limited email access", "intermittent access", "get back to you when i", "get back to you upon", "get back to you as soon as i", "when i am back", "when i'm back", "once i am back", "after my return", "return to the office", "bei meiner rückkehr", "sobald ich wieder", "zurück im büro", "al mio ritorno", "cuando regrese", "quando regressar", "zodra ik terug", "åter på kontoret", "tilbake på kontoret", "tilbage på kontoret", "kun palaan", "palattuani", "amint visszatér", "la întoarcere", "döndüğümde", "με την επιστροφή", "כשאחזור", "عند عودتي", "戻り次第", "返回后", "복귀 후",
        "will not have access", "not have access to", "not be checking", "has not been forwarded", "not be forwarded", "respond to your message", "reply to your message", "read your message when", "be back on", "accès à ma messagerie", "accès à mes", "demande urgente", "n'a pas été transféré", "ne sera pas transféré", "ne sera pas lu", "en mon absence", "je vous répondrai", "e-mails werden nicht", "e-mail wird nicht", "mails werden nicht", "wieder im büro", "wieder erreichbar",
        "nach meinem urlaub", "acceso limitado", "no tendré acceso", "responderé", "no será reenviado", "cualquier urgencia", "acesso limitado", "não terei acesso", "responderei", "accesso limitato", "non avrò accesso", "risponderò", "non sarà inoltrat", "beperkt toegang", "geen toegang tot", "niet doorgestuurd", "dringende zaken", "begränsad tillgång", "begrenset tilgang", "begrænset adgang", "ograniczony dostęp", "отвечу", "omezený přístup", "korlátozottan",
        "limited access to", "no access to e-mail", "no access to email", "access to my e-mail", "access to my email", "urgent matters", "urgent, please contact", "is urgent", "for urgent", "in urgent cases", "for immediate assistance", "in my absence", "during my absence", "upon my return", "when i return", "on my return", "as soon as i return", "back in the office", "i will respond", "i will reply", "i will return on", "in dringenden fällen", "dringenden fällen", "wird nicht weitergeleitet", "nicht automatisch weitergeleitet",
        "nach meiner rückkehr", "meine vertretung", "vertreten durch", "wenden sie sich", "en cas d'urgence", "pour toute urgence", "à mon retour", "pendant mon absence", "en caso de urgencia", "para asuntos urgentes", "a mi regreso", "a mi vuelta", "durante mi ausencia", "em caso de urgência", "assuntos urgentes", "no meu regresso", "in caso di urgenza", "per urgenze", "per questioni urgenti", "al mio rientro", "in dringende gevallen", "bij dringende", "voor dringende", "bij mijn terugkomst", "tijdens mijn afwezigheid",
        "vid brådskande", "när jag är tillbaka", "ved hastende", "når jeg er tilbake", "når jeg er tilbage", "kiireellisissä", "w pilnych sprawach", "po powrocie", "в срочных случаях", "по срочным", "после возвращения", "у термінових", "v naléhavých", "po návratu", "sürgős esetben", "în caz de urgență", "acil durumlarda", "για επείγοντα", "במקרים דחופים", "للأمور العاجلة", "緊急の場合", "お急ぎの", "如有急事", "紧急事宜", "急事请", "급한 용무", "긴급한",
    ], StringComparison.OrdinalIgnoreCase);
}
