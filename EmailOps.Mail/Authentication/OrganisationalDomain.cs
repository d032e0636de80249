using System.Collections.Frozen;

namespace EmailOps.Mail.Authentication;

/// <summary>
/// The domain that one organisation registered (RFC 7489, 3.2): <c>mail.shop.example</c> belongs to <c>shop.example</c>, <c>a.b.co.uk</c> to
/// <c>b.co.uk</c>. An approximation of the public suffix list, which changes weekly and cannot be asked without a network: below a country's domain the
/// usual second levels count as public, and so do the well-known hosts that give each customer a name. Where it errs on a rare suffix it takes too
/// short a domain, so two customers of that suffix would count as one.
/// </summary>
public static class OrganisationalDomain
{
    private static readonly FrozenSet<string> SecondLevels = FrozenSet.ToFrozenSet(
    [
        "ac", "ad", "adv", "art", "asn", "asso", "bel", "biz", "co", "coop", "com", "conf", "ed", "edu", "eng", "firm", "fin", "gc", "gen", "go", "gob", "gov", "gouv", "gr", "gub", "gv", "health", "id", "idf", "info", "ind", "int", "k12", "kiev", "lg", "lviv", "ltd",
        "maori", "me", "med", "mil", "mod", "museum", "mus", "name", "ne", "net", "nhs", "nic", "nom", "nsn", "odessa", "or", "org", "oz", "plc", "police", "presse", "pro", "pub", "re", "res", "sch", "school", "sld", "spb", "tm", "tur", "tv", "veterinaire", "web",
    ]);

    private static readonly FrozenSet<string> JapanesePrefectures = FrozenSet.ToFrozenSet(
    [
        "aichi", "akita", "aomori", "chiba", "ehime", "fukui", "fukuoka", "fukushima", "gifu", "gunma", "hiroshima", "hokkaido", "hyogo", "ibaraki", "ishikawa", "iwate", "kagawa", "kagoshima", "kanagawa", "kochi", "kumamoto", "kyoto", "mie", "miyagi", "miyazaki", "nagano",
        "nagasaki", "nara", "niigata", "oita", "okayama", "okinawa", "osaka", "saga", "saitama", "shiga", "shimane", "shizuoka", "tochigi", "tokushima", "tokyo", "tottori", "toyama", "wakayama", "yamagata", "yamaguchi", "yamanashi",
    ]);

    /// <summary>Countries that give names at the second level only: there web.de is somebody's and no suffix.</summary>
    private static readonly FrozenSet<string> FlatCountries = FrozenSet.ToFrozenSet(["be", "bg", "ch", "cz", "de", "dk", "eu", "ie", "io", "li", "lu", "nl", "sk"]);

    /// <summary>Names under which anybody can have a name of his own.</summary>
    private static readonly FrozenSet<string> SharedHosts = FrozenSet.ToFrozenSet(
    [
        "amazonaws.com", "appspot.com", "azurewebsites.net", "blogspot.com", "cloudapp.net", "cloudfront.net", "ddns.net", "dyndns.org", "eu.com", "fly.dev", "github.io", "gitlab.io", "herokuapp.com", "hopto.org", "myshopify.com", "netlify.app", "no-ip.org", "onmicrosoft.com",
        "pages.dev", "render.com", "run.app", "uk.com", "uk.net", "us.com", "de.com", "gb.net", "jpn.com", "vercel.app", "web.app", "weebly.com", "wixsite.com", "wordpress.com", "workers.dev", "zendesk.com", "freshdesk.com", "centralnic.com", "ngrok.io", "firebaseapp.com", "synology.me",
    ]);

    /// <returns>Lower case, without a final dot; the domain itself when it has no more labels than its suffix.</returns>
    public static string Of(string domain)
    {
        var name = domain.Trim().TrimEnd('.').ToLowerInvariant();
        var labels = name.Split('.');
        var keep = SuffixLength(labels) + 1;
        return labels.Length <= keep ? name : string.Join('.', labels[^keep..]);
    }

    /// <summary>Whether both belong to one organisation. An address without a domain belongs to none.</summary>
    public static bool AreAligned(string domain, string other)
    {
        var (one, two) = (Of(domain), Of(other));
        return one.Length > 0 && one.Contains('.', StringComparison.Ordinal) && one == two;
    }

    private static int SuffixLength(string[] labels)
    {
        if (labels.Length < 2)
            return 1;
        var (top, second) = (labels[^1], labels[^2]);
        if (SharedHosts.Contains($"{second}.{top}"))
            return 2;
        if (top.Length != 2 || labels.Length < 3)
            return 1;
        if (top == "jp" && JapanesePrefectures.Contains(second))
            return labels.Length >= 4 ? 3 : 2;
        return SecondLevels.Contains(second) && !FlatCountries.Contains(top) ? 2 : 1;
    }
}
