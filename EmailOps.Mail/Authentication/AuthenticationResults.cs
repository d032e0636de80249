namespace EmailOps.Mail.Authentication;

/// <summary>
/// An Authentication-Results field (RFC 8601, section 2.2), read leniently:
/// <c>mx.shop.example 1; dkim=pass (2048-bit key) header.d=customer.example; spf=pass smtp.mailfrom="ada@customer.example"</c>.
/// Whether it may be believed is another question: see <see cref="AuthenticationTrace"/>.
/// </summary>
/// <param name="Server">The authserv-id, lower case; null where the server leaves it out, as Microsoft 365 does.</param>
/// <param name="Results">At most <see cref="MaxResults"/>; empty for "none".</param>
public sealed record AuthenticationResults(string? Server, IReadOnlyList<AuthenticationResult> Results)
{
    /// <summary>Results read of one field. Guards memory.</summary>
    public const int MaxResults = 50;

    private const int MaxProperties = 30, MaxLength = 16_384;

    /// <summary>Never throws; what cannot be read is left out.</summary>
    public static AuthenticationResults Parse(string value)
    {
        var clean = FieldText.WithoutComments(value.Length > MaxLength ? value[..MaxLength] : value);
        string? server = null;
        List<AuthenticationResult> results = [];
        var isFirst = true;
        foreach (var part in FieldText.Split(clean, ';'))
        {
            var pairs = Pairs(part);
            if (isFirst && pairs.Count == 0)
                server = Identifier(part);
            else if (pairs.Count > 0 && results.Count < MaxResults)
                results.Add(new AuthenticationResult(Method(pairs[0].Key), pairs[0].Value.ToLowerInvariant(), pairs[1..]));
            isFirst = false;
        }

        return new AuthenticationResults(server, results);
    }

    // "mx.shop.example 1" or "\"mx.shop.example\""
    private static string? Identifier(ReadOnlySpan<char> part)
    {
        var word = part.Trim();
        var end = word.IndexOfAny(" \t\r\n");
        word = (end < 0 ? word : word[..end]).Trim('"');
        return word.IsEmpty || word.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : word.ToString().ToLowerInvariant();
    }

    // "dkim/1": the method's version says nothing to us.
    private static string Method(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? name : name[..slash].TrimEnd();
    }

    // name = value, white space allowed around the sign; a value may hold more such signs (header.b=Ab3=).
    private static List<KeyValuePair<string, string>> Pairs(ReadOnlySpan<char> part)
    {
        List<KeyValuePair<string, string>> pairs = [];
        var rest = part.Trim();
        while (!rest.IsEmpty && pairs.Count < MaxProperties)
        {
            var sign = rest.IndexOf('=');
            if (sign <= 0 || rest[..sign].Contains('"'))
                break;
            var name = rest[..sign].TrimEnd();
            // Words before the name belong to nothing; "dkim / 1" is one name.
            if (name.IndexOf('/') < 0 && name.LastIndexOfAny(" \t\r\n") is >= 0 and var space)
                name = name[(space + 1)..];
            rest = rest[(sign + 1)..].TrimStart();
            var value = Value(ref rest);
            pairs.Add(new(name.ToString().ToLowerInvariant(), value));
        }

        return pairs;
    }

    private static string Value(ref ReadOnlySpan<char> rest)
    {
        if (!rest.IsEmpty && rest[0] == '"')
        {
            var quoted = FieldText.Quoted(rest, out var length);
            rest = rest[length..].TrimStart();
            return quoted;
        }

        var end = rest.IndexOfAny(" \t\r\n");
        var value = (end < 0 ? rest : rest[..end]).ToString();
        rest = end < 0 ? [] : rest[end..].TrimStart();
        return value;
    }
}
