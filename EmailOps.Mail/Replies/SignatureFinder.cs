namespace EmailOps.Mail.Replies;

/// <summary>
/// Finds where a stretch of new text turns into its signature. Only clear forms count: the RFC 3676 delimiter, a mailer's "sent from" line, a ruled-off block
/// of contact data, or a closing followed by a name and contact data. "Best regards, Jo" alone stays: it is said to the reader.
/// </summary>
internal static class SignatureFinder
{
    private const int MaxBlockLines = 10, MaxLineLength = 80, MaxLinesBelowBareDashes = 25;

    /// <param name="text">The text.</param>
    /// <param name="from">First line of the stretch.</param>
    /// <param name="to">Behind its last line.</param>
    /// <param name="mayBeAll">The whole stretch may be signature, since other new text exists.</param>
    /// <param name="isDoubtful">Set when words of unknown nature stand below the place found.</param>
    /// <returns>The first line of the signature, or <paramref name="to"/>.</returns>
    public static int Find(ReplyText text, int from, int to, bool mayBeAll, ref bool isDoubtful)
    {
        if (Disclaimers.Start(text, from, to) is var legal && legal < to && (mayBeAll || HasWords(text, from, legal)))
            to = legal;
        var cut = Marked(text, from, to, mayBeAll, ref isDoubtful);
        var block = Block(text, from, cut);
        return block > from && HasWords(text, from, block) ? block : cut;
    }

    private static int Marked(ReplyText text, int from, int to, bool mayBeAll, ref bool isDoubtful)
    {
        var inCode = false;
        var hasWords = mayBeAll;
        for (var i = from; i < to; i++)
        {
            var line = text.Content(i);
            if (line.StartsWith("```"))
                inCode = !inCode;
            if (line.IsEmpty || inCode)
                continue;
            if (hasWords && text[i].Mark == LineMark.Signature && IsMarkedToEnd(text, i, to))
                return i;
            if (hasWords && (IsDelimiter(text, i, to) || IsRuledOff(text, i, to)))
                return i;
            if (SentFrom.Of(line) is var sent and not Evidence.None && IsOwnParagraph(text, i, from))
            {
                var below = HasWords(text, i + 1, to);
                if (hasWords && below && sent == Evidence.Strong && SpeaksOn(text, i + 1, to))
                {
                    isDoubtful = true;
                    return to;
                }

                if (hasWords && (sent == Evidence.Strong || !below))
                {
                    isDoubtful |= below;
                    return i;
                }
            }

            hasWords |= Separators.Of(line) != Separator.Rule;
        }

        return to;
    }

    // People type into their phone's signature block, too: then words without the mark follow, and all of it is kept.
    private static bool IsMarkedToEnd(ReplyText text, int line, int to)
    {
        for (; line < to; line++)
        {
            if (!text[line].IsBlank && text[line].Mark != LineMark.Signature)
                return false;
        }

        return true;
    }

    // RFC 3676 section 4.3: "-- " is certain. Without the space it is taken when not too much stands below.
    private static bool IsDelimiter(ReplyText text, int line, int to)
    {
        if (text.Content(line) is not ("--" or "\u2014" or "\u2013\u2013"))
            return false;
        var end = text[line].End;
        return (end < text.Text.Length && text.Text[end] == ' ') || (CountLines(text, line + 1, to) <= MaxLinesBelowBareDashes && !SpeaksOn(text, line + 1, to));
    }

    // A rule, then one paragraph down to the end that looks like contact data or a list's footer.
    private static bool IsRuledOff(ReplyText text, int line, int to)
    {
        var rule = text.Content(line);
        if (rule.Length < 3 || rule.ContainsAnyExcept(rule[0], ' ') || rule[0] is not ('-' or '_' or '\u2014' or '\u2015' or '\u2013' or '~') || line + 1 >= to || text[line + 1].IsBlank)
            return false;
        var end = line + 1;
        var (signals, digits) = (0, false);
        for (; end < to && !text[end].IsBlank && end <= line + MaxBlockLines; end++)
        {
            var content = text.Content(end);
            if (content.Length > MaxLineLength || IsCustomers(content))
                return false;
            signals += IsContact(content) ? 1 : 0;
            digits |= content.ContainsAnyInRange('0', '9');
        }

        var lines = end - line - 1;
        return !HasWords(text, end, to) && (signals > 0 || (rule[0] == '_' && lines <= 2 && !digits));
    }

    // Without a delimiter: short lines at the end, with contact data among them.
    private static int Block(ReplyText text, int from, int to)
    {
        var (signals, lines, top) = (0, 0, to);
        for (var i = to - 1; i >= from && lines <= MaxBlockLines; i--)
        {
            var line = text.Content(i);
            if (line.IsEmpty)
            {
                if (signals >= 2 && lines >= 3 && top == i + 1 && IsName(text.Content(top)) && !AsksForMore(text, from, i))
                    return top;
                continue;
            }

            if (lines >= 2 && signals > 0 && IsClosing(line))
                return i;
            if (line.Length > MaxLineLength || line[^1] is '?' || (line[^1] is '.' or '!' && line.Length > 40) || IsPostscript(line) || IsCustomers(line))
                return to;
            signals += IsContact(line) ? 1 : 0;
            (lines, top) = (lines + 1, i);
        }

        return to;
    }

    private static bool IsCustomers(ReadOnlySpan<char> line) => line.ContainsAny(SignatureWords.Business) || line.ContainsAny(SignatureWords.Requests);

    // Below a mere "--" or "Sent from my phone" people do write on: a question, a postscript, words of their order.
    private static bool SpeaksOn(ReplyText text, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var line = text.Content(i);
            if (!line.IsEmpty && (line[^1] is '?' or '\uFF1F' || IsPostscript(line) || line.ContainsAny(SignatureWords.Business)))
                return true;
        }

        return false;
    }

    private static bool IsClosing(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd(",.!\u2026 -\u2014\u3001\u3002");
        foreach (var closing in SignatureWords.Closings)
        {
            if (line.Equals(closing, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool IsContact(ReadOnlySpan<char> line)
    {
        if (line.ContainsAny(SignatureWords.Titles) || line.Contains('@') || line.Contains(" | ", StringComparison.Ordinal))
            return true;
        var digits = 0;
        foreach (var c in line)
        {
            if (char.IsAsciiDigit(c))
                digits++;
            else if (c is not (' ' or '+' or '-' or '(' or ')' or '/' or '.'))
                return false;
        }

        return digits is >= 7 and <= 15;
    }

    private static bool IsName(ReadOnlySpan<char> line) =>
        line.Length <= 48 && line.Count(' ') <= 5 && !line.ContainsAny(":?!;") && line.ContainsAnyInRange('A', 'Z');

    // "Please write to:" above a block makes the block part of the message, and so does "Ship it here".
    private static bool AsksForMore(ReplyText text, int from, int line)
    {
        while (line > from && text[line].IsBlank)
            line--;
        var above = text.Content(line);
        return above is [.., ':' or ','] || above.ContainsAny(SignatureWords.Destinations);
    }

    private static bool IsPostscript(ReadOnlySpan<char> line) =>
        line.StartsWith("PS", StringComparison.Ordinal) || line.StartsWith("P.S", StringComparison.OrdinalIgnoreCase) || line.StartsWith("P. S", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnParagraph(ReplyText text, int line, int from) =>
        line == from || text[line - 1].IsBlank || SentFrom.Of(text.Content(line)) == Evidence.Strong;

    private static int CountLines(ReplyText text, int from, int to)
    {
        var count = 0;
        for (var i = from; i < to && count <= MaxLinesBelowBareDashes; i++)
            count += text[i].IsBlank ? 0 : 1;
        return count;
    }

    public static bool HasWords(ReplyText text, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (!text[i].IsBlank && Separators.Of(text.Content(i)) != Separator.Rule)
                return true;
        }

        return false;
    }
}
