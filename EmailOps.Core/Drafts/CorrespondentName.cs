namespace EmailOps.Core.Drafts;

/// <summary>The name to greet with. A header name is hostile input: it is used only when it looks like a person's name.</summary>
internal static class CorrespondentName
{
    private const int Longest = 40;

    /// <summary>Words of shops, offices and forms; whoever has one in his name is greeted without it.</summary>
    private static readonly HashSet<string> s_roles = new(StringComparer.OrdinalIgnoreCase)
    {
        "contact", "kontakt", "form", "formular", "kontaktformular", "formulaire", "formulario", "info", "sales", "team", "support", "service", "services", "noreply", "reply", "office", "shop", "store", "customer", "customers", "client", "accounts",
        "account", "admin", "administrator", "newsletter", "billing", "invoice", "invoices", "order", "orders", "help", "helpdesk", "desk", "hello", "mail", "mailer", "daemon", "postmaster", "webmaster", "marketing", "press", "presse", "redaktion", "editorial", "gmbh", "ltd",
        "llc", "inc", "company", "group", "verlag", "bank", "hotel", "school", "university", "department", "abteilung", "buchhaltung", "einkauf", "vertrieb", "hr", "jobs", "careers", "kundenservice", "kundendienst", "management", "reception", "rezeption", "website", "web", "system", "notification",
        "notifications", "alert", "alerts", "unknown", "anonymous", "user", "guest", "test", "delivery", "versand", "payments", "security", "verein", "sarl", "sas", "srl", "bv", "ab", "oy", "spa", "kg", "ag", "plc", "corp", "foundation", "stiftung", "praxis", "kanzlei", "outdoor", "outfitters", "surveyors",
    };
    private static readonly string[] s_labels = ["name", "full name", "your name", "nom", "nombre", "naam", "nome", "namn", "navn", "imię i nazwisko", "imię", "お名前", "姓名"];
    private const int LabelLines = 6;

    /// <summary>Of the header; where a form wrote the mail, of its line "Name: ...".</summary>
    /// <param name="address">Of the sender: whose only name is that of his domain is a company.</param>
    public static string? For(string? header, ReadOnlySpan<char> text, string? address = null)
    {
        if (Of(header) is { } name && !IsDomain(name, address))
            return name;
        var line = 0;
        foreach (var range in text[..Math.Min(text.Length, 600)].Split('\n'))
        {
            if (++line > LabelLines)
                break;
            var words = text[range].Trim();
            var colon = words.IndexOfAny(':', '：');
            if (colon > 0 && IsLabel(words[..colon].Trim()))
                return Of(words[(colon + 1)..].ToString());
        }
        return null;
    }

    /// <summary>Trimmed and put in order ("Weber, Jana" becomes "Jana Weber"); null when it is an address, a role or anything odd.</summary>
    public static string? Of(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
            return null;
        var name = header.Trim().Trim('"', '\'').Trim();
        // "Jana Weber via Shop": a list or a shop's platform wrote for her.
        if (name.IndexOf(" via ", StringComparison.OrdinalIgnoreCase) is > 0 and var via)
            name = name[..via].Trim().Trim('"', '\'').Trim();
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma > 0 && name.IndexOf(',', comma + 1) < 0 && (IsRole(name[..comma]) || IsRole(name[(comma + 1)..])))
            name = (IsRole(name[..comma]) ? name[(comma + 1)..] : name[..comma]).Trim();
        else if (comma > 0 && name.IndexOf(',', comma + 1) < 0)
            name = $"{name[(comma + 1)..].Trim()} {name[..comma].Trim()}";
        if (name.Length is < 2 or > Longest || name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 4)
            return null;
        if (IsRole(name))
            return null;
        foreach (var c in name)
            if (!char.IsLetter(c) && c is not (' ' or '-' or '\'' or '.' or '’') && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark)
                return null;
        // All capitals or all small is how the mail client was set up.
        return name.Any(char.IsLower) && name.Any(char.IsUpper) || name.Any(c => c > '\u0370') ? name : System.Globalization.CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name.ToLowerInvariant());
    }

    private static bool IsLabel(ReadOnlySpan<char> words)
    {
        foreach (var label in s_labels)
            if (words.Equals(label, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>"Fjordline" of booking@fjordline.example.</summary>
    private static bool IsDomain(string name, string? address)
        => address is not null && !name.Contains(' ', StringComparison.Ordinal) && address.LastIndexOf('@') is >= 0 and var at
            && address[(at + 1)..].Split('.').SkipLast(1).Any(part => part.Replace("-", "", StringComparison.Ordinal).Equals(name.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));

    private static bool IsRole(string name) => name.Split([' ', '-', '.'], StringSplitOptions.RemoveEmptyEntries).Any(s_roles.Contains);
}
