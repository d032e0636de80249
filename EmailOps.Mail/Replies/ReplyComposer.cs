using System.Buffers;
using System.Text;

namespace EmailOps.Mail.Replies;

/// <summary>Makes the <see cref="Reply"/> from the parts: decides which quotes stay, takes signatures off, pairs answers with questions.</summary>
internal sealed class ReplyComposer(ReplyText text, ReplyParts parts)
{
    // A quote of so few lines is shown whole as the question; of a longer one only its last paragraph is.
    private const int WholeQuestionLines = 6;

    private static readonly SearchValues<string> PointsBelow = SearchValues.Create(
    [
        "below", "inline", "in-line", "in red", "in blue", "between your lines", "weiter unten", "s. unten", "siehe unten", "im text", "in rot", "ci-dessous", "en rouge", "más abajo", "a continuación", "en rojo", "abaixo", "em vermelho", "qui sotto", "di seguito", "in rosso", "hieronder", "in het rood",
        "poniżej", "ниже", "nedan", "nedenfor", "níže", "lejjebb", "aşağıda", "以下", "下面", "아래",
    ], StringComparison.OrdinalIgnoreCase);

    private readonly Dictionary<int, ReplyPart> _own = [];
    private bool _isDoubtful = parts.IsDoubtful;

    public Reply Compose()
    {
        TakeSignatures(out var signature);
        var newText = NewText();
        var answers = Answers();
        var forwarded = Forwarded();
        // "My answers are below" above a mail without quote marks: they stand among lines that cannot be told apart.
        _isDoubtful |= parts.All.Any(p => p.Kind == PartKind.Embedded) && newText.AsSpan().ContainsAny(PointsBelow);
        if (newText.Length == 0)
            newText = SomethingVisible(forwarded, signature);
        return new Reply
        {
            NewText = newText,
            QuotedText = Quoted(),
            Signature = signature,
            Forwarded = forwarded,
            InlineAnswers = answers,
            IsDoubtful = _isDoubtful,
        };
    }

    // The first stretch of own words and the last one may carry a signature; between quotes nobody signs.
    private void TakeSignatures(out string signature)
    {
        var own = parts.All.Where(p => p.Kind == PartKind.Own).ToList();
        List<string> signatures = [];
        for (var i = 0; i < own.Count; i++)
        {
            var (from, end) = (own[i].From, own[i].To);
            if (i == 0 || i == own.Count - 1)
            {
                end = SignatureFinder.Find(text, from, own[i].To, mayBeAll: i > 0, ref _isDoubtful);
                if (end < own[i].To && text.Slice(end, own[i].To) is { Length: > 0 } found)
                    signatures.Add(found);
            }

            end = TrimRules(from, end);
            if (SignatureFinder.HasWords(text, from, end))
                _own.Add(from, own[i] with { To = end });
        }

        signature = string.Join("\n\n", signatures);
    }

    private int TrimRules(int from, int to)
    {
        while (to > from && (text[to - 1].IsBlank || Separators.Of(text.Content(to - 1)) == Separator.Rule))
            to--;
        return to;
    }

    private string NewText()
    {
        var last = _own.Count == 0 ? -1 : _own.Keys.Max();
        // One quote that a client put there (it has an attribution) is left out; a quote the sender chose, or several with answers between, stay.
        var quotes = parts.All.Where(p => p.Kind == PartKind.Quote).ToList();
        // Quoted lines nobody introduced may be the sender's own indented text.
        _isDoubtful |= quotes.Count > 0 && !HasAttribution(quotes[0]) && quotes[0].From > last;
        var keepQuotes = quotes.Count > 1 || (quotes.Count == 1 && !HasAttribution(quotes[0]));
        var result = new StringBuilder();
        var shownTo = 0;
        ReplyPart? before = null;
        foreach (var part in parts.All)
        {
            if (!_own.TryGetValue(part.From, out var shown))
                shown = part;
            var isShownQuote = shown.Kind == PartKind.Quote && ((keepQuotes && part.From < last) || IsAnnounced(before));
            before = shown;
            if (shown.Kind != PartKind.Own && !isShownQuote)
                continue;
            if (part.Kind == PartKind.Own && !_own.ContainsKey(part.From))
                continue;
            if (result.Length > 0)
                result.Append(text[part.From].IsBlank || text[shownTo].IsBlank ? "\n\n" : "\n");
            result.Append(text.Slice(shown.From, shown.To));
            shownTo = shown.To;
        }

        return result.ToString();
    }

    // "I get this error:" and then quoted lines: they belong to the message. A line with a date or an address is an attribution nobody knows.
    private bool IsAnnounced(ReplyPart? before)
    {
        if (before is not { Kind: PartKind.Own } own)
            return false;
        var line = text.Content(TrimRules(own.From, own.To) - 1);
        return line[^1] is ':' or '\uFF1A' && !line.Contains('@') && DateMarks.In(line) == DateMark.None;
    }

    private bool HasAttribution(ReplyPart quote) => parts.All.Any(p => p.Kind == PartKind.Attribution && p.From < quote.From);

    private List<InlineAnswer> Answers()
    {
        List<InlineAnswer> answers = [];
        ReplyPart? quote = null;
        foreach (var part in parts.All)
        {
            if (part.Kind == PartKind.Quote)
                quote = part;
            if (part.Kind != PartKind.Own || quote is not { } asked || !_own.TryGetValue(part.From, out var answer))
                continue;
            answers.Add(new InlineAnswer(Question(asked), text.Slice(answer.From, answer.To)));
            quote = null;
        }

        return answers;
    }

    private string Question(ReplyPart quote)
    {
        var from = quote.From;
        if (quote.To - from > WholeQuestionLines)
        {
            from = quote.To - 1;
            while (from > quote.From && text[from].IsBlank)
                from--;
            while (from > quote.From && !text[from - 1].IsBlank)
                from--;
        }

        return text.Slice(from, quote.To, strip: true);
    }

    private ForwardedMail? Forwarded()
    {
        if (parts.Header is not { } header)
            return null;
        var isQuoted = header.End < text.Count && parts.All.Any(p => p.Kind == PartKind.Quote && p.From >= header.End);
        return new ForwardedMail
        {
            SaysForwarded = parts.SaysForwarded,
            SaysOriginal = parts.SaysOriginal,
            From = header.From,
            To = header.To,
            Subject = header.Subject,
            Date = header.Date,
            Text = text.Slice(header.End, text.Count, strip: isQuoted),
        };
    }

    // A mail that is all quote or all signature still says something to whoever reads it.
    private string SomethingVisible(ForwardedMail? forwarded, string signature)
    {
        string? visible = null;
        if (forwarded is { Text.Length: > 0 })
            visible = forwarded.Text;
        else if (parts.All.Any(p => p.Kind is PartKind.Quote or PartKind.Embedded && HasOwnContent(p)))
            visible = Quoted();
        else if (signature.Length > 0)
            visible = signature;
        if (visible is null)
            return "";
        _isDoubtful |= forwarded is not { SaysForwarded: true };
        return visible;
    }

    // Quoting machines that quote each other leave attribution lines only.
    private bool HasOwnContent(ReplyPart part)
    {
        for (var i = part.From; i < part.To; i++)
        {
            if (!text[i].IsBlank && Separators.Of(text.Content(i)) != Separator.Rule && Attribution.EndsAt(text, i, part.From, out _) == Evidence.None)
                return true;
        }

        return false;
    }

    private string Quoted() =>
        string.Join("\n", parts.All.Where(p => p.Kind != PartKind.Own).Select(p => text.Slice(p.From, p.To)));
}
