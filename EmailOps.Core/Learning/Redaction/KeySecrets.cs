namespace EmailOps.Core.Learning.Redaction;

/// <summary>Keys of programs: by their makers' prefixes, as JSON Web Tokens (RFC 7519), as PEM blocks (RFC 7468), and after words that say so.</summary>
internal static class KeySecrets
{
    private const int LongestKey = 2_048;

    /// <summary>Prefix and the fewest characters behind it.</summary>
    private static readonly (string Prefix, int Least)[] s_prefixes =
    [
        ("sk-", 20), ("sk_live_", 16), ("sk_test_", 16), ("pk_live_", 16), ("rk_live_", 16), ("whsec_", 16), ("ghp_", 30), ("gho_", 30), ("ghs_", 30), ("ghu_", 30), ("github_pat_", 30), ("glpat-", 18), ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20),
        ("AKIA", 16), ("ASIA", 16), ("AIza", 30), ("ya29.", 20), ("SG.", 30), ("hf_", 20), ("npm_", 30), ("dop_v1_", 30), ("shpat_", 20), ("eop_", 20),
    ];
    private static readonly string[] s_names = ["api key", "api-key", "apikey", "api_key", "access token", "access_token", "auth token", "token", "secret", "bearer", "client_secret", "private key", "schlüssel", "clé api", "clave api", "sig", "signature", "reset_code"];

    public static SecretSpan Find(ReadOnlySpan<char> text, int at)
    {
        // A run is read once: not again from each of its hyphens and dots.
        if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '-' or '.'))
            return default;
        var rest = text[at..];
        if (rest.StartsWith("eyJ", StringComparison.Ordinal) && Run(text, at, ".") is var jwt && jwt - at > 30 && text[at..jwt].Count('.') is 2 or 4)
            return new SecretSpan(RedactedKind.Key, at, jwt - at);
        foreach (var (prefix, least) in s_prefixes)
            if (rest.StartsWith(prefix, StringComparison.Ordinal) && Run(text, at + prefix.Length, ".") is var end && end - at - prefix.Length >= least && HasDigit(text[(at + prefix.Length)..end]))
                return new SecretSpan(RedactedKind.Key, at, end - at);
        if (!char.IsLetter(text[at]))
            return default;
        foreach (var name in s_names)
            if (rest.Length > name.Length && rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && !char.IsLetterOrDigit(rest[name.Length]))
                return Named(text, at + name.Length);
        return default;
    }

    public static SecretSpan PrivateKey(ReadOnlySpan<char> text, int at)
    {
        const string Begin = "-----BEGIN ", End = "-----END ";
        if (!text[at..].StartsWith(Begin, StringComparison.Ordinal) || !text.Slice(at, Math.Min(60, text.Length - at)).Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return default;
        // A block without its end runs to where a key can no longer be: all of that is hidden.
        var block = text.Slice(at, Math.Min(LongestKey * 4, text.Length - at));
        var end = block.IndexOf(End, StringComparison.Ordinal);
        if (end >= 0 && block[(end + End.Length)..].IndexOf("-----", StringComparison.Ordinal) is >= 0 and var tail)
            return new SecretSpan(RedactedKind.Key, at, end + End.Length + tail + 5);
        return new SecretSpan(RedactedKind.Key, at, block.Length);
    }

    private static SecretSpan Named(ReadOnlySpan<char> text, int from)
    {
        var i = from;
        while (i < text.Length && i - from < 12 && text[i] is ' ' or ':' or '=' or '"' or '\'')
            i++;
        if (i + 3 < text.Length && text[i..].StartsWith("is ", StringComparison.Ordinal))
            i += 3;
        var end = Run(text, i, ".+/=~");
        return end - i >= 16 && HasDigit(text[i..end]) ? new SecretSpan(RedactedKind.Key, i, end - i) : default;
    }

    private static int Run(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> also)
    {
        var end = from;
        while (end < text.Length && end - from < LongestKey && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' || also.Contains(text[end])))
            end++;
        // A full stop behind it ends the sentence.
        while (end > from && text[end - 1] == '.')
            end--;
        return end;
    }

    private static bool HasDigit(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('0', '9') >= 0;
}
