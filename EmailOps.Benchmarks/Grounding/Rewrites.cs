using System.Text.RegularExpressions;

namespace EmailOps.Benchmarks.Grounding;

/// <summary>Says a sentence of an article in other words, as a language model would, without changing what it says.</summary>
internal static partial class Rewrites
{
    private static readonly (string Language, string From, string To)[] s_phrases =
    [
        ("en", "do not", "don't"), ("en", "cannot", "can't"), ("en", "is not", "isn't"), ("en", "per cent", "%"), ("en", "two weeks", "14 days"), ("en", "14 days", "two weeks"), ("en", "working days", "business days"),
        ("en", "You can", "It is possible for you to"), ("en", "you can", "you are able to"), ("en", "We ", "Our team will "), ("en", "parcel", "package"), ("en", "Please ", "Kindly "), ("en", "within", "in at most"),
        ("en", "one working day", "1 business day"), ("en", "free of charge", "at no charge"), ("en", "usually", "normally"), ("en", "costs", "will cost you"), ("en", "to pay", "to settle"), ("en", "two working days", "2 working days"),
        ("de", "Sie können", "Es ist Ihnen möglich, dass Sie"), ("de", "bitte", "gerne"), ("de", "innerhalb von", "binnen"), ("de", "14 Tage", "zwei Wochen"), ("de", "Prozent", "%"), ("de", "Werktage", "Arbeitstage"), ("de", "Paket", "Päckchen"),
        ("fr", "Vous pouvez", "Il vous est possible de"), ("fr", "14 jours", "deux semaines"), ("fr", "colis", "paquet"), ("fr", "veuillez", "merci de"),
    ];

    private static readonly Dictionary<string, string[]> s_openings = new()
    {
        ["en"] = ["Please note that ", "Regarding your question: ", "As you asked, ", "Just so you know, ", "Good news: "],
        ["de"] = ["Bitte beachten Sie: ", "Zu Ihrer Frage: ", "Gerne teilen wir Ihnen mit: "],
        ["fr"] = ["À noter : ", "Concernant votre question : "],
    };

    /// <summary>A faithful rewording; sometimes the sentence itself.</summary>
    public static string Of(string sentence, string language, Random random)
    {
        var text = sentence;
        foreach (var (_, from, to) in s_phrases.Where(p => p.Language == language))
            if (random.Next(2) == 0)
                text = text.Replace(from, to, StringComparison.Ordinal);
        if (random.Next(2) == 0)
            text = MoneyFirst().Replace(text, "$2 $1");
        if (random.Next(3) == 0 && language == "en" && IfFirst().Match(text) is { Success: true } match)
            text = $"{Capital(match.Groups[2].Value)} if {match.Groups[1].Value}.";
        if (random.Next(3) == 0 && s_openings.TryGetValue(language, out var openings))
            text = openings[random.Next(openings.Length)] + Small(text);
        return text;
    }

    private static string Small(string text) => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    [GeneratedRegex(@"\b(EUR|CHF|GBP) (\d+(?:[.,]\d\d)?)")]
    private static partial Regex MoneyFirst();

    [GeneratedRegex(@"^If ([^,]+), ([^.]+)\.$")]
    private static partial Regex IfFirst();
}
