using System.Buffers;
using System.Collections.Frozen;

namespace EmailOps.Mail.Replies;

/// <summary>The words of "On DATE, NAME wrote:" in the languages of the common clients. To add a language, add its words here.</summary>
internal static class AttributionWords
{
    /// <summary>The verb; it stands anywhere in the line, as whole words.</summary>
    public static readonly SearchValues<string> Verbs = SearchValues.Create(
    [
        "wrote", "writes", "said", // en
        "schrieb", "geschrieben", "schreibt", // de
        "a écrit", "ont écrit", "écrit", // fr
        "escribió", "escribio", "ha escrito", // es
        "ha escrit", "va escriure", "missatge de", // ca
        "escreveu", "escreveram", // pt
        "ha scritto", "scrive", // it
        "schreef", "geschreven", "schreven", // nl
        "napisał", "napisała", "napisał(a)", "pisze", "napisana przez", // pl
        "skrev", "skreiv", // da, no, sv
        "kirjoitti", // fi
        "skrifaði", // is
        "написал", "написала", "написал(а)", "пишет", "писал", "пише", "написав", "написала", "написа", "писав", // ru, uk, bg
        "napsal", "napsala", "napsal(a)", "napísal", "napísala", "napísal(a)", // cs, sk
        "ezt írta", "írta", "a következőt írta", // hu
        "a scris", "scris", // ro
        "yazdı", "şunu yazdı", "yazmış", // tr
        "έγραψε", "έγραψαν", // el
        "כתב", "כתבה", "מאת", // he
        "كتب", "كتبت", // ar
        "đã viết", "viết", // vi
        "menulis", // id, ms
        "เขียน", "เขียนว่า", // th
        "写道", "寫道", "写到", // zh
        "のメール", "書きました", "さんのメッセージ", // ja
        "작성", "님이 작성", "썼습니다", // ko
        "napisao", "napisala", "je napisao", "написао", // hr, sr
        "je napisal", "je napisal(a)", // sl
        "rašė", "rakstīja", "kirjutas", // lt, lv, et
        "shkroi", // sq
        "escribiu", "idatzi du", "ysgrifennodd", "geskryf", // gl, eu, cy, af
        "نوشت", "लिखा", // fa, hi
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>How a line begins that says when; beside these a weekday, a date or a time begins one too.</summary>
    public static readonly FrozenSet<string> Leads = new[]
    {
        "on", "at", "in", "am", "den", "um", "le", "el", "il", "op", "em", "no", "na", "w", "dnia", "dne", "dňa", "на", "в", "у", "в", "at", "på",
        "στις", "στη", "vào", "pada", "la", "în", "pe", "på", "בתאריך", "ב", "في", "بتاريخ", "ที่", "เมื่อ", "u", "dana", "data", "il", "ve", "за", "від", "від",
        "在", "于", "於", "la", "a", "þann", "þri",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Openings that need no verb.</summary>
    public static readonly string[] QuoteStarts = ["quoting ", "zitat von ", "citando ", "citation de ", "citaat van ", "cytowanie ", "цитирую "];

    /// <summary>First words of weekday and month names, as many letters as clients abbreviate to.</summary>
    public static readonly string[] Calendar =
    [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", // en
        "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag", // de
        "lun", "mar", "mer", "jeu", "ven", "sam", "dim", // fr
        "lunes", "martes", "mié", "miérc", "jue", "vie", "sáb", "dom", // es
        "seg", "ter", "qua", "qui", "sex", "segunda", "terça", "quarta", "quinta", "sexta", // pt
        "gio", "sab", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", // it
        "maa", "din", "woe", "don", "vri", "zat", "zon", // nl
        "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "wtorek", "środa", // pl
        "mån", "tis", "ons", "tor", "fre", "lör", "sön", "man", "tirs", "lør", "søn", // sv, da, no
        "ma", "ti", "ke", "to", "pe", "la", "su", // fi
        "пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", // ru
        "понеділок", "вівторок", "середа", "пʼятниця", "субота", "неділя", // uk
        "po", "út", "st", "čt", "pá", "so", "ne", // cs
        "pzt", "sal", "çar", "per", "cum", "cmt", "paz", // tr
    ];

    /// <summary>Words for the shop that a customer addresses: a line without address that has one of them tells a story.</summary>
    public static readonly SearchValues<string> Addressed = SearchValues.Create(
    [
        " your ", " ihr ", " ihre ", " euer ", " eure ", " votre ", " vos ", " vuestro ", " vuestra ", " su agente", " su empleado", " su compañer", " vostro ", " vostra ", " il suo collega", " uw ", " jullie ", " wasz ", " wasza ", " państwa ", " ваш ", " ваша ", " ваше ", " er kollega", " deres ", " jeres ", " váš ", " vaše ", " sizin ",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>The writer quoting himself in a sentence: never an attribution.</summary>
    public static readonly SearchValues<string> FirstPerson = SearchValues.Create(
    [
        " i wrote", " we wrote", " i said", " we said", " ich schrieb", " habe ich", " j'ai écrit", " j’ai écrit", " nous avons écrit", " ho scritto",
        // Or what somebody of ours wrote to him; names with an address in the line are judged by that.
        " to me", " told me", " mir ", " m'a écrit", " m’a écrit", " me escribió", " mi ha scritto", " me escreveu", " schreef me", " skrev till mig", " мне ",
        " he escrito", " escribí", " escrevi", " schreef ik", " napisałem", " napisałam", " jag skrev", " jeg skrev", " я написал", " i sent", " we sent", " you sent",
    ], StringComparison.OrdinalIgnoreCase);
}
