namespace EmailOps.Mail.Replies;

/// <summary>
/// A block such as Outlook puts above the mail answered or passed on:
/// <code>
/// *From:* Jo Roe [mailto:jo@roe.example]
/// *Sent:* Thursday, February 09, 2012 1:36 PM
/// *To:* shop@example.com
/// *Subject:* Order 17
/// </code>
/// </summary>
internal sealed record HeaderBlock(int First, int End)
{
    private const int MaxLines = 24;

    public string? From { get; private init; }

    public string? To { get; private init; }

    public string? Subject { get; private init; }

    public string? Date { get; private init; }

    /// <summary>Reads a block that begins on the line, or null. Needs three different labels, among them a subject or an address, so that a customer's "From: Berlin, To: Rome" stays text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Line to look at.</param>
    /// <param name="announced">A separator stands above: two labels are enough then.</param>
    public static HeaderBlock? At(ReplyText text, int first, bool announced)
    {
        if (text[first].IsBlank || Label(text.Content(first), out _) is not (HeaderLabel.From or HeaderLabel.Date or HeaderLabel.Subject or HeaderLabel.To))
            return null;
        var values = new string?[(int)HeaderLabel.Other + 1];
        var (labels, current, continued, end) = (0, HeaderLabel.None, 0, first);
        for (var i = first; i < text.Count && i < first + MaxLines && text[i].Depth == text[first].Depth; i++)
        {
            var line = text.Content(i);
            if (line.IsEmpty)
            {
                // One blank line inside is a client's paragraph spacing, as long as labels go on behind it.
                if (i + 1 < text.Count && !text[i + 1].IsBlank && labels < 4 && IsNew(Label(text.Content(i + 1), out _), values))
                    continue;
                break;
            }

            var label = Label(line, out var value);
            if (label != HeaderLabel.None && (label is HeaderLabel.Other || values[(int)label] is null))
            {
                labels += label is HeaderLabel.Other ? 0 : 1;
                values[(int)label] = value.ToString();
                (current, continued, end) = (label, 0, i + 1);
                continue;
            }

            // Folded values: an address, a long subject, a list of recipients.
            if (current == HeaderLabel.None || ++continued > MaxFolds(current) || !CanContinue(text, i, values))
                break;
            values[(int)current] = $"{values[(int)current]} {line}".Trim();
            end = i + 1;
        }

        return IsBlock(values, labels, announced) ? Make(text, first, end, values) : null;
    }

    /// <summary>The label that opens a line, through the stars and spaces of text made from HTML.</summary>
    public static HeaderLabel Label(ReadOnlySpan<char> line, out ReadOnlySpan<char> value)
    {
        value = default;
        line = line.TrimStart("*_>| \t");
        var colon = line[..Math.Min(line.Length, HeaderLabels.MaxLength + 4)].IndexOfAny(':', '\uFF1A');
        if (colon <= 0)
            return HeaderLabel.None;
        var label = HeaderLabels.Find(line[..colon].Trim("*_ \t\u00A0"));
        if (label != HeaderLabel.None)
            value = line[(colon + 1)..].Trim("*_ \t\u00A0");
        return label;
    }

    private static bool IsNew(HeaderLabel label, string?[] values) => label != HeaderLabel.None && values[(int)label] is null;

    private static int MaxFolds(HeaderLabel label) => label is HeaderLabel.To or HeaderLabel.Copy ? 8 : 2;

    // A line that does not begin with a label belongs to the value above it only when the block goes on behind it.
    private static bool CanContinue(ReplyText text, int line, string?[] values)
    {
        for (var i = line + 1; i < text.Count && i <= line + 8 && !text[i].IsBlank; i++)
        {
            if (IsNew(Label(text.Content(i), out _), values))
                return true;
        }

        return values[(int)HeaderLabel.Subject] is not null && line + 1 < text.Count && text[line + 1].IsBlank;
    }

    private static bool IsBlock(string?[] values, int labels, bool announced)
    {
        var from = values[(int)HeaderLabel.From];
        if (from is null && !announced)
            return false;
        var others = Has(HeaderLabel.Date) + Has(HeaderLabel.To) + Has(HeaderLabel.Subject);
        if (announced)
            return labels >= 2;
        var hasAddress = from!.Contains('@', StringComparison.Ordinal) || values[(int)HeaderLabel.To]?.Contains('@', StringComparison.Ordinal) is true;
        return others >= 2 && (values[(int)HeaderLabel.Subject] is not null || hasAddress);

        int Has(HeaderLabel label) => values[(int)label] is null ? 0 : 1;
    }

    private static HeaderBlock Make(ReplyText text, int first, int end, string?[] values)
    {
        // French phones run two labels into one line: "À : a@b.example Objet : Bonjour".
        var to = values[(int)HeaderLabel.To];
        var subject = values[(int)HeaderLabel.Subject];
        if (subject is null && to is not null)
        {
            var line = to;
            for (var at = line.IndexOf(' ', StringComparison.Ordinal); at >= 0 && subject is null; at = line.IndexOf(' ', at + 1))
            {
                if (Label(line.AsSpan(at + 1), out var rest) == HeaderLabel.Subject)
                    (subject, to) = (rest.ToString(), line[..at]);
            }
        }

        return new HeaderBlock(first, end) { From = values[(int)HeaderLabel.From], To = to, Subject = subject, Date = values[(int)HeaderLabel.Date] };
    }
}
