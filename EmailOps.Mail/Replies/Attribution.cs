namespace EmailOps.Mail.Replies;

/// <summary>How sure it is that a line introduces earlier mail.</summary>
internal enum Evidence
{
    None,

    /// <summary>Only counts when quoted lines follow.</summary>
    Weak,

    /// <summary>Counts by itself: names the writer's address or the exact time.</summary>
    Strong,
}

/// <summary>
/// Finds lines such as <c>On Tue, 3 May 2016 at 10:42, Jo Roe &lt;jo@roe.example&gt; wrote:</c>, also folded over several lines. Judged by what
/// they are made of (a verb of writing, an address, a date, a time, how the line begins and ends), not by whole sentences, so that word order
/// and client do not matter.
/// </summary>
internal static class Attribution
{
    private const int MaxLines = 5, MaxLength = 600, MaxPlainWords = 8;

    /// <summary>Looks for an attribution that ends at line <paramref name="last"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="last">Line on which it would end.</param>
    /// <param name="floor">First line it may begin on.</param>
    /// <param name="first">Line on which it begins.</param>
    public static Evidence EndsAt(ReplyText text, int last, int floor, out int first)
    {
        first = last;
        var end = text.Content(last);
        if (end.IsEmpty || end.Length > MaxLength || !CanEnd(end))
            return Evidence.None;
        Evidence found = Evidence.None;
        for (var start = last; start >= Math.Max(floor, last - MaxLines + 1); start--)
        {
            var line = text[start];
            if (line.IsBlank || line.Depth != text[last].Depth || text[last].End - line.Start > MaxLength)
                break;
            if (start < last && EndsSentence(text.Content(start)))
                break;
            var joined = Join(text, start, last);
            var evidence = Judge(joined, out var hasLead);
            if (evidence == Evidence.None)
                continue;
            if (hasLead)
            {
                first = start;
                return evidence;
            }

            if (found == Evidence.None)
                (found, first) = (evidence, start);
        }

        return found;
    }

    private static string Join(ReplyText text, int first, int last)
    {
        if (first == last)
            return text.Content(first).ToString();
        var parts = new string[last - first + 1];
        for (var i = first; i <= last; i++)
            parts[i - first] = text.Content(i).ToString();
        return string.Join(' ', parts);
    }

    // "... wrote:", "... wrote", "---- On ... wrote ----"
    private static bool CanEnd(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd("*_ ");
        if (line.IsEmpty)
            return false;
        if (line[^1] is ':' or '\uFF1A')
            return true;
        line = line.TrimEnd("-\u2014 ");
        var tail = line[Math.Max(0, line.Length - 24)..];
        return tail.ContainsAny(AttributionWords.Verbs);
    }

    private static Evidence Judge(string line, out bool hasLead)
    {
        hasLead = false;
        if (line.AsSpan().ContainsAny(AttributionWords.FirstPerson))
            return Evidence.None;
        var isFramed = line.StartsWith("--", StringComparison.Ordinal) && line.EndsWith("--", StringComparison.Ordinal);
        var body = line.AsSpan().Trim("-\u2014*_ >");
        var endsWithColon = body.Length > 0 && body[^1] is ':' or '\uFF1A';
        body = body.TrimEnd(":\uFF1A ");
        var hasVerb = HasVerb(body, endsWithColon);
        var mark = DateMarks.In(body);
        var hasAddress = HasAddress(body);
        hasLead = BeginsWithTime(body);
        if (!hasAddress && body.ContainsAny(AttributionWords.Addressed))
            return Evidence.None;
        if (hasVerb)
        {
            if (hasAddress && (mark != DateMark.None || hasLead || EndsWithVerb(body)))
                return Evidence.Strong;
            if (((hasLead || (endsWithColon && IsNameVerbTime(body))) && mark == (DateMark.Date | DateMark.Time)) || isFramed)
                return Evidence.Strong;
            // "Jo Roe wrote:" says enough when quoted lines follow.
            if (!hasAddress && mark == DateMark.None)
            {
                hasLead = false;
                return endsWithColon && EndsWithVerb(body) && char.IsUpper(body[0]) && body.Count(' ') is > 0 and < MaxPlainWords ? Evidence.Weak : Evidence.None;
            }

            return hasAddress || (mark != DateMark.None && (hasLead || EndsWithVerb(body))) ? Evidence.Weak : Evidence.None;
        }

        if (!endsWithColon || !hasAddress)
            return Evidence.None;
        // Horde: "Quoting Jo Roe <jo@roe.example>:"
        foreach (var start in AttributionWords.QuoteStarts)
        {
            if (body.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return EndsWithAddress(body) ? Evidence.Strong : Evidence.Weak;
        }

        // Gmail in several languages: "2017-11-24 16:32 GMT+01:00 Jo <jo@roe.example>:"; in Catalan the time comes last.
        if (!mark.HasFlag(DateMark.Time))
            return Evidence.None;
        return EndsWithAddress(body) ? Evidence.Strong : mark.HasFlag(DateMark.Date) ? Evidence.Weak : Evidence.None;
    }

    // "Jo Roe kirjoitti 20.3.2026 klo 20.48": a name, the verb, and behind it nothing but numbers and a word for the hour.
    private static bool IsNameVerbTime(ReadOnlySpan<char> body)
    {
        const int MaxNameWords = 4, MaxHourLetters = 10;
        var verb = body.IndexOfAny(AttributionWords.Verbs);
        if (verb <= 0 || !char.IsUpper(body[0]) || body[..verb].Trim().Count(' ') >= MaxNameWords || body[..verb].ContainsAnyInRange('0', '9'))
            return false;
        var behind = body[verb..].IndexOf(' ');
        if (behind < 0)
            return false;
        var letters = 0;
        foreach (var c in body[(verb + behind)..])
            letters += char.IsLetter(c) ? 1 : 0;
        return letters <= MaxHourLetters;
    }

    private static bool HasVerb(ReadOnlySpan<char> body, bool endsWithColon)
    {
        for (var at = 0; at < body.Length;)
        {
            var hit = body[at..].IndexOfAny(AttributionWords.Verbs);
            if (hit < 0)
                return false;
            var start = at + hit;
            var end = start + 1;
            while (end < body.Length && char.IsLetter(body[end]))
                end++;
            var whole = (start == 0 || !char.IsLetter(body[start - 1]) || IsUnspaced(body[start])) && body[..start].LastIndexOf("://") < body[..start].LastIndexOf(' ') + 1;
            // The verb closes the line, or a colon does; "wrote" in mid-sentence without either is prose.
            if (whole && (endsWithColon || body.Length - end <= 24))
                return true;
            at = end;
        }

        return false;
    }

    // Scripts that write no spaces between words.
    private static bool IsUnspaced(char c) => c >= '\u0E00';

    private static bool EndsWithVerb(ReadOnlySpan<char> body) => body[Math.Max(0, body.Length - 16)..].ContainsAny(AttributionWords.Verbs);

    private static bool EndsWithAddress(ReadOnlySpan<char> body)
    {
        body = body.TrimEnd(" \"'");
        return body.Length > 0 && (body[^1] is '>' or ')' or ']' || body[(body.LastIndexOf(' ') + 1)..].Contains('@'));
    }

    private static bool HasAddress(ReadOnlySpan<char> body)
    {
        var at = body.IndexOf('@');
        return at > 0 && at + 1 < body.Length && (char.IsLetterOrDigit(body[at - 1]) || body[at - 1] is '_' or '-' or '+' or '.') && char.IsLetterOrDigit(body[at + 1]);
    }

    private static bool BeginsWithTime(ReadOnlySpan<char> body)
    {
        body = body.TrimStart("\"*_ \u202B");
        if (body.IsEmpty)
            return false;
        if (char.IsDigit(body[0]) || body[0] is '在' or '于' or '於')
            return true;
        var end = 0;
        while (end < body.Length && (char.IsLetter(body[end]) || body[end] is '\'' or '\u2019'))
            end++;
        var word = body[..end];
        var isWord = end == body.Length || body[end] is ' ' or ',' or '.' or '\u00A0';
        if (isWord && AttributionWords.Leads.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
            return true;
        foreach (var name in AttributionWords.Calendar)
        {
            if ((isWord && word.Equals(name, StringComparison.OrdinalIgnoreCase)) || (name.Length >= 3 && word.Length <= 10 && word.StartsWith(name, StringComparison.OrdinalIgnoreCase) && end < body.Length && body[end] is ',' or '.'))
                return true;
        }

        return false;
    }

    private static bool EndsSentence(ReadOnlySpan<char> line) =>
        line[^1] is '!' or '?' or ':' || (line[^1] == '.' && line.Length > 1 && !char.IsDigit(line[^2]) && line.Length - line.LastIndexOf(' ') > 5);
}
