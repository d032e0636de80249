namespace EmailOps.Core.Learning.Redaction;

/// <summary>Finds what to hide, left to right. Each detector looks at a bounded piece of the text, so the time is linear whatever the text.</summary>
internal static class SecretScan
{
    public static List<SecretSpan> Find(string text)
    {
        List<SecretSpan> found = [];
        var span = text.AsSpan();
        for (var i = 0; i < span.Length;)
        {
            if (At(span, i) is { Length: > 0 } secret)
            {
                // An address of mail is known at its @, after its first part was passed.
                while (found.Count > 0 && found[^1].End > secret.Start)
                    found.RemoveAt(found.Count - 1);
                found.Add(secret);
                i = secret.End;
            }
            else
                i = Next(span, i);
        }
        return found;
    }

    /// <summary>The next place where something may begin: runs of letters and digits are tried once, at their start.</summary>
    private static int Next(ReadOnlySpan<char> text, int at)
    {
        if (!char.IsLetterOrDigit(text[at]))
            return at + 1;
        while (at < text.Length && char.IsLetterOrDigit(text[at]))
            at++;
        return at;
    }

    private static SecretSpan At(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c == '@')
            return Email(text, at);
        if (c == '[')
            return Placeholder(text, at);
        if (c == '-')
            return KeySecrets.PrivateKey(text, at);
        if (char.IsAsciiDigit(c) || c == '+')
        {
            var number = NumberSecrets.Find(text, at);
            return number.Length > 0 ? number : NationalIds.Find(text, at) is { Length: > 0 } id ? id : StreetLines.Find(text, at) is { Length: > 0 } street ? street : KeySecrets.Find(text, at);
        }
        if (!char.IsLetter(c))
            return default;
        return KeySecrets.Find(text, at) is { Length: > 0 } key ? key
            : PasswordSecrets.Find(text, at) is { Length: > 0 } password ? password
            : NumberSecrets.Iban(text, at) is { Length: > 0 } iban ? iban
            : NationalIds.Find(text, at) is { Length: > 0 } id2 ? id2
            : StreetLines.Find(text, at);
    }

    /// <summary>RFC 5321 allows more; this is what people write, in any alphabet.</summary>
    private static SecretSpan Email(ReadOnlySpan<char> text, int at)
    {
        int start = at, end = at + 1;
        while (start > 0 && at - start < 64 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '.' or '_' or '-' or '+' or '%' or '\''))
            start--;
        while (end < text.Length && end - at < 254 && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
            end++;
        while (end > at && text[end - 1] is '.' or '-')
            end--;
        while (start < at && text[start] is '.' or '\'' or '-')
            start++;
        return start < at && text[(at + 1)..end].IndexOf('.') > 0 ? new SecretSpan(RedactedKind.Email, start, end - start) : default;
    }

    private static SecretSpan Placeholder(ReadOnlySpan<char> text, int at)
    {
        var end = text.Slice(at, Math.Min(20, text.Length - at)).IndexOf(']');
        return end > 0 && Redaction.PlaceholderPattern().IsMatch(text.Slice(at, end + 1)) ? new SecretSpan(RedactedKind.Text, at, end + 1) : default;
    }

    /// <summary>One of these words stands in the last characters before a place.</summary>
    public static bool After(ReadOnlySpan<char> text, int at, ReadOnlySpan<string> words, int reach = 40)
    {
        var before = text[Math.Max(0, at - reach)..at];
        foreach (var word in words)
            if (before.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>Nothing that would make it part of a longer name or number stands before.</summary>
    public static bool Begins(ReadOnlySpan<char> text, int at) => at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '#' or '/' || (text[at - 1] is '-' or '.' && at > 1 && char.IsLetterOrDigit(text[at - 2])));

    public static bool Ends(ReadOnlySpan<char> text, int end) => end >= text.Length || !(char.IsLetterOrDigit(text[end]) || (text[end] is '-' or '_' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1])));
}
