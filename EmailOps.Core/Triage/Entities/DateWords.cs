using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Entities;

/// <summary>Names of months and days, and words for yesterday and tomorrow, in the languages of the profiles that need them.</summary>
internal static class DateWords
{
    private static readonly Dictionary<uint, int> s_months = Months(
        "january february march april may june july august september october november december",
        "jan feb mar apr mai jun jul aug sep oct nov dec", "jänner fev mars avr maj juin juil aug sept okt nov dez", "janv févr mar kwi maggio czerwiec lipiec aug sept ott nov dic",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januar februar marts april maj juni juli august september oktober november december",
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
        "ledna února března dubna května června července srpna září října listopadu prosince",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря");

    private static readonly Dictionary<(uint, string), DayOfWeek> s_weekdays = Weekdays(
        ("en", "sunday monday tuesday wednesday thursday friday saturday"), ("de", "sonntag montag dienstag mittwoch donnerstag freitag samstag"),
        ("fr", "dimanche lundi mardi mercredi jeudi vendredi samedi"), ("es", "domingo lunes martes miércoles jueves viernes sábado"),
        ("it", "domenica lunedì martedì mercoledì giovedì venerdì sabato"), ("nl", "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
        ("pl", "niedzielę poniedziałek wtorek środę czwartek piątek sobotę"), ("pt", "domingo segunda terça quarta quinta sexta sábado"),
        ("sv", "söndag måndag tisdag onsdag torsdag fredag lördag"), ("da", "søndag mandag tirsdag onsdag torsdag fredag lørdag"),
        ("no", "søndag mandag tirsdag onsdag torsdag fredag lørdag"), ("ru", "воскресенье понедельник вторник среду четверг пятницу субботу"));

    private static readonly (string Language, string Phrase, int Days)[] s_relative =
    [
        ("en", "today", 0), ("en", "tomorrow", 1), ("en", "yesterday", -1), ("en", "the day after tomorrow", 2), ("en", "the day before yesterday", -2),
        ("de", "heute", 0), ("de", "morgen", 1), ("de", "gestern", -1), ("de", "übermorgen", 2), ("de", "vorgestern", -2),
        ("fr", "aujourd'hui", 0), ("fr", "demain", 1), ("fr", "hier", -1), ("fr", "après-demain", 2), ("fr", "avant-hier", -2),
        ("es", "hoy", 0), ("es", "mañana", 1), ("es", "ayer", -1), ("es", "pasado mañana", 2), ("es", "anteayer", -2),
        ("it", "oggi", 0), ("it", "domani", 1), ("it", "ieri", -1), ("it", "dopodomani", 2), ("nl", "vandaag", 0), ("nl", "morgen", 1), ("nl", "gisteren", -1), ("nl", "overmorgen", 2),
        ("pl", "dzisiaj", 0), ("pl", "dziś", 0), ("pl", "jutro", 1), ("pl", "wczoraj", -1), ("pl", "pojutrze", 2), ("pt", "hoje", 0), ("pt", "amanhã", 1), ("pt", "ontem", -1),
        ("sv", "idag", 0), ("sv", "i dag", 0), ("sv", "imorgon", 1), ("sv", "i morgon", 1), ("sv", "igår", -1), ("sv", "i går", -1),
        ("da", "i dag", 0), ("da", "i morgen", 1), ("da", "i går", -1), ("no", "i dag", 0), ("no", "i morgen", 1), ("no", "i går", -1),
        ("ja", "今日", 0), ("ja", "本日", 0), ("ja", "明日", 1), ("ja", "昨日", -1), ("zh", "今天", 0), ("zh", "明天", 1), ("zh", "昨天", -1),
        ("ru", "сегодня", 0), ("ru", "завтра", 1), ("ru", "вчера", -1), ("fi", "tänään", 0), ("fi", "huomenna", 1), ("fi", "eilen", -1), ("cs", "dnes", 0), ("cs", "zítra", 1), ("cs", "včera", -1),
    ];

    private static readonly Dictionary<uint, List<(string Language, uint[] Words, int Days)>> s_relativeByFirst = Relative();
    private static readonly WordSet s_of = WordSet.Of("of de del di den");
    private static readonly WordSet s_morning = WordSet.Of("guten goede god good buenas la jeden am heute gestern freitag");
    private static readonly WordSet s_ahead = WordSet.Of("by until till before next this coming latest bis vor nächsten nächste kommenden diesen spätestens avant prochain d'ici jusqu'à antes hasta próximo entro prossimo fino voor tot volgende uiterlijk komende do przed następny do até próxima senast före nästa innan inden næste neste до перед");

    /// <summary>Every word that a date can begin with: few words of a text can, and the others are passed over by this.</summary>
    private static readonly WordSet s_begins = new([.. s_months.Keys, .. s_weekdays.Keys.Select(k => k.Item1), .. s_relativeByFirst.Keys]);

    public static bool Begins(uint hash) => s_begins.Contains(hash);

    public static bool TryMonth(uint hash, out int month) => s_months.TryGetValue(hash, out month);

    public static bool IsOf(uint hash) => s_of.Contains(hash);

    /// <summary>"Guten Morgen", "por la mañana": the morning, not tomorrow.</summary>
    public static bool IsMorning(uint before) => s_morning.Contains(before);

    public static bool PointsAhead(uint before) => s_ahead.Contains(before);

    public static bool TryWeekday(uint hash, string language, out DayOfWeek day) => s_weekdays.TryGetValue((hash, language), out day);

    public static bool TryRelative(ReadOnlySpan<Token> tokens, int at, string language, out int days, out int count)
    {
        (days, count) = (0, 0);
        if (!s_relativeByFirst.TryGetValue(tokens[at].Hash, out var candidates))
            return false;
        foreach (var candidate in candidates)
        {
            if (candidate.Language != language || candidate.Words.Length <= count || at + candidate.Words.Length > tokens.Length)
                continue;
            var same = true;
            for (var k = 1; k < candidate.Words.Length; k++)
                same &= tokens[at + k].Hash == candidate.Words[k];
            if (same)
                (days, count) = (candidate.Days, candidate.Words.Length);
        }
        return count > 0;
    }

    private static Dictionary<uint, int> Months(params string[] lists)
    {
        var full = new Dictionary<uint, int>();
        foreach (var list in lists)
        {
            var words = list.Split(' ');
            for (var i = 0; i < words.Length; i++)
                full.TryAdd(Hash32.OfFolded(words[i]), i + 1);
        }
        return full;
    }

    private static Dictionary<(uint, string), DayOfWeek> Weekdays(params (string Language, string Days)[] lists)
    {
        var days = new Dictionary<(uint, string), DayOfWeek>();
        foreach (var (language, list) in lists)
            foreach (var (i, word) in list.Split(' ').Index())
                days[(Hash32.OfFolded(word), language)] = (DayOfWeek)i;
        return days;
    }

    private static Dictionary<uint, List<(string, uint[], int)>> Relative()
    {
        var byFirst = new Dictionary<uint, List<(string, uint[], int)>>();
        var tokens = new TextTokens();
        foreach (var (language, phrase, days) in s_relative)
        {
            tokens.Read(phrase);
            uint[] words = [.. tokens.Tokens.ToArray().Select(t => t.Hash)];
            if (!byFirst.TryGetValue(words[0], out var list))
                byFirst[words[0]] = list = [];
            list.Add((language, words, days));
        }
        return byFirst;
    }
}
