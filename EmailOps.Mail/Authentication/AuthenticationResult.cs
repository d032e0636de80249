namespace EmailOps.Mail.Authentication;

/// <summary>What one method said: <c>dkim=pass header.d=shop.example</c>.</summary>
/// <param name="Method">Lower case, without its version: dkim, spf, dmarc, arc, iprev, auth.</param>
/// <param name="Result">Lower case: pass, fail, softfail, none, neutral, temperror, permerror, policy.</param>
/// <param name="Properties">In order, names in lower case (<c>header.d</c>, <c>smtp.mailfrom</c>, <c>reason</c>), values as written without quotes. Hostile input where the sender chose them.</param>
public sealed record AuthenticationResult(string Method, string Result, IReadOnlyList<KeyValuePair<string, string>> Properties)
{
    /// <summary>The first property of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Properties)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return value;
            }

            return null;
        }
    }

    /// <summary>The domain that the method vouches for: header.d or that of header.i (DKIM), smtp.mailfrom (SPF), header.from (DMARC); null when it names none.</summary>
    public string? Domain => Method switch
    {
        "dkim" => DomainOf(this["header.d"]) ?? DomainOf(this["header.i"]),
        "spf" => DomainOf(this["smtp.mailfrom"]) ?? DomainOf(this["smtp.mail"]),
        "dmarc" => DomainOf(this["header.from"]),
        _ => null,
    };

    private static string? DomainOf(string? value)
    {
        if (value is null)
            return null;
        var domain = value[(value.LastIndexOf('@') + 1)..].Trim('<', '>', ' ', '.');
        return domain.Contains('.', StringComparison.Ordinal) ? domain.ToLowerInvariant() : null;
    }
}
