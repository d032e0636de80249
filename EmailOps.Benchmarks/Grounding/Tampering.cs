using System.Globalization;
using System.Text.RegularExpressions;

namespace EmailOps.Benchmarks.Grounding;

/// <summary>Changes a sentence so that the article no longer says it. Each gives null where the sentence has nothing of its kind.</summary>
internal static partial class Tampering
{
    private static readonly string[] s_invented =
    [
        "As an apology we have added a voucher to your account.", "You may keep the item without paying for it.", "Our lawyer has already approved this.", "We ship to Mars at no extra charge.", "Your parcel was handed to the neighbour at number seven.",
        "The manager has agreed to an exception for you.", "We will also upgrade you to the gold programme.", "A courier picks it up tomorrow morning.", "Your bank details are stored safely with us.", "Every item comes with a lifetime guarantee.",
        "Als Entschuldigung schenken wir Ihnen einen Gutschein.", "Unser Anwalt hat das bereits geprüft.", "Nous vous offrons un bon d'achat pour vous remercier.", "Der Kurier holt die Ware morgen früh bei Ihnen ab.", "Votre colis a été remis à votre voisin.",
    ];

    private static readonly (string A, string B)[] s_opposites =
    [
        ("before", "after"), ("free", "paid"), ("included", "excluded"), ("more than", "less than"), ("always", "never"), ("above", "below"), ("later", "earlier"), ("minimum", "maximum"), ("vor", "nach"), ("kostenlos", "kostenpflichtig"), ("gratuit", "payant"), ("avant", "après"),
        ("mindestens", "höchstens"), ("mehr", "weniger"), ("with", "without"), ("mit", "ohne"), ("avec", "sans"), ("can", "cannot"), ("kann", "kann nicht"), ("are", "are not"), ("is", "is not"), ("ist", "ist nicht"), ("est", "n'est pas"),
    ];

    public static readonly IReadOnlyDictionary<string, Func<string, string, Random, string?>> All = new Dictionary<string, Func<string, string, Random, string?>>
    {
        ["number"] = (s, _, r) => Once(NumberWithWord(), s, r, m => $"{Other(m.Groups[1].Value, r)}{m.Groups[2].Value}"),
        ["unit"] = (s, _, r) => Once(Unit(), s, r, m => m.Value switch { "days" => "weeks", "weeks" => "months", "hours" => "days", "months" => "years", "Tage" => "Wochen", "Tagen" => "Wochen", "jours" => "mois", "Werktage" => "Wochen", "Werktagen" => "Monaten", "Monate" => "Jahre", _ => "minutes" }),
        ["price"] = (s, _, r) => Once(Price(), s, r, m => $"{m.Groups[1].Value}{Other(m.Groups[2].Value, r)}{m.Groups[3].Value}"),
        ["address"] = (s, _, r) => Once(Address(), s, r, m => m.Value.Contains('@', StringComparison.Ordinal) ? "service@nordlicht-help.example" : "https://nordlicht-help.example/form"),
        ["link added"] = (s, _, _) => s.TrimEnd('.') + " (see https://parcel-desk.example/now).",
        ["name added"] = (s, _, r) => s.TrimEnd('.') + (r.Next(2) == 0 ? ", as Veltrix Logistics requires." : "; ask for Dorothea Plumworth."),
        ["opposite"] = (s, _, r) => Opposite(s, r),
        ["invented sentence"] = (_, language, r) => s_invented.Where(i => (language == "de") == i.Any(c => "äöüß".Contains(c)) || language == "en").OrderBy(_ => r.Next()).First(),
        ["weekday"] = (s, _, r) => Once(Weekday(), s, r, m => m.Value switch { "Monday" => "Sunday", "Friday" => "Saturday", "Saturday" => "Tuesday", "Montag" => "Sonntag", "Freitag" => "Samstag", "Samstag" => "Dienstag", "lundi" => "dimanche", _ => "Wednesday" }),
    };

    private static string? Opposite(string sentence, Random random)
    {
        foreach (var (a, b) in s_opposites.OrderBy(_ => random.Next()))
            foreach (var (from, to) in random.Next(2) == 0 ? [(a, b), (b, a)] : new[] { (b, a), (a, b) })
                if (Regex.Match(sentence, $@"\b{Regex.Escape(from)}\b") is { Success: true } match)
                    return sentence[..match.Index] + to + sentence[(match.Index + match.Length)..];
        return null;
    }

    private static string? Once(Regex pattern, string sentence, Random random, Func<Match, string> change)
    {
        var matches = pattern.Matches(sentence);
        if (matches.Count == 0)
            return null;
        var match = matches[random.Next(matches.Count)];
        var changed = sentence[..match.Index] + change(match) + sentence[(match.Index + match.Length)..];
        return changed == sentence ? null : changed;
    }

    private static string Other(string number, Random random)
    {
        var comma = number.Contains(',', StringComparison.Ordinal);
        var value = decimal.Parse(number.Replace(',', '.'), CultureInfo.InvariantCulture);
        var other = (value + random.Next(1, 4)) * (random.Next(2) == 0 ? 1 : 2);
        var text = other.ToString(CultureInfo.InvariantCulture);
        return comma ? text.Replace('.', ',') : text;
    }

    [GeneratedRegex(@"(?<![\d.,:-])(\d{1,3})( \p{L}+)")]
    private static partial Regex NumberWithWord();

    [GeneratedRegex(@"\b(days|weeks|months|hours|Tage|Tagen|Werktage|Werktagen|Monate|jours)\b")]
    private static partial Regex Unit();

    [GeneratedRegex(@"((?:EUR|CHF|GBP) )(\d+(?:[.,]\d\d)?)()")]
    private static partial Regex Price();

    [GeneratedRegex(@"[\w.-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|\b[\w-]+\.example\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"\b(Monday|Friday|Saturday|Montag|Freitag|Samstag|lundi)\b")]
    private static partial Regex Weekday();
}
