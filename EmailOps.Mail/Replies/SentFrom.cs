namespace EmailOps.Mail.Replies;

/// <summary>The line a phone or web mailer adds: <c>Sent from my iPhone</c>, <c>Gesendet von Outlook für Android&lt;https://...&gt;</c>.</summary>
internal static class SentFrom
{
    private const int MaxLength = 100, MaxWords = 12;

    /// <summary>Strong with a device or mailer in it (or "my" and a product name); weak when only the opening words fit.</summary>
    public static Evidence Of(ReadOnlySpan<char> line)
    {
        var link = line.IndexOfAny('<', '(', '[');
        var words = (link > 0 ? line[..link] : line).Trim("*_ .").TrimEnd();
        if (words.IsEmpty || words.Length > MaxLength)
            return Evidence.None;
        if (!Begins(words) && !Ends(words) && !IsOutlookLink(words, isLinked: link > 0))
            return Evidence.None;
        // A comma or a full stop inside: a sentence that goes on ("Sent from my desk, is much easier").
        if (words.ContainsAny(",;?!") || words.Contains(". ", StringComparison.Ordinal) || words.Count(' ') + 1 > MaxWords)
            return Evidence.None;
        if (words.ContainsAny(SignatureWords.Devices))
            return Evidence.Strong;
        return IsMyProduct(words) ? Evidence.Strong : Evidence.Weak;
    }

    // "Hämta Outlook för iOS<https://aka.ms/...>" in whatever language.
    private static bool IsOutlookLink(ReadOnlySpan<char> words, bool isLinked) =>
        isLinked && words.Contains("outlook", StringComparison.OrdinalIgnoreCase)
        && (words.Contains("ios", StringComparison.OrdinalIgnoreCase) || words.Contains("android", StringComparison.OrdinalIgnoreCase) || words.Contains("mac", StringComparison.OrdinalIgnoreCase));

    private static bool Begins(ReadOnlySpan<char> words)
    {
        foreach (var start in SignatureWords.SentFromStarts)
        {
            if (words.StartsWith(start, StringComparison.OrdinalIgnoreCase) && words.Length > start.Length)
                return true;
        }

        return false;
    }

    private static bool Ends(ReadOnlySpan<char> words)
    {
        foreach (var end in SignatureWords.SentFromEnds)
        {
            if (words.EndsWith(end, StringComparison.OrdinalIgnoreCase) && words.ContainsAny(SignatureWords.Devices))
                return true;
        }

        return false;
    }

    // "Sent from my Wiko RIDGE FAB 4G": my, then capitals or digits only.
    private static bool IsMyProduct(ReadOnlySpan<char> words)
    {
        const string My = "sent from my ";
        if (!words.StartsWith(My, StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var range in words[My.Length..].Split(' '))
        {
            var word = words[My.Length..][range];
            if (word.Length > 0 && !char.IsUpper(word[0]) && !char.IsDigit(word[0]))
                return false;
        }

        return true;
    }
}
