namespace EmailOps.Mail.Replies;

internal enum PartKind
{
    /// <summary>The sender's words, signature still on them.</summary>
    Own,

    /// <summary>A line that introduces quoted lines.</summary>
    Attribution,

    /// <summary>Quoted lines.</summary>
    Quote,

    /// <summary>Everything below a boundary, down to the end.</summary>
    Embedded,
}

/// <summary>A run of lines of one kind.</summary>
internal readonly record struct ReplyPart(PartKind Kind, int From, int To);

/// <summary>Cuts the lines into the sender's own words and earlier mail, in one pass.</summary>
internal sealed class ReplyParts(ReplyText text)
{
    private const int MinWrapWidth = 60;

    private readonly List<ReplyPart> _parts = [];
    private int _ownFrom, _firstWords = -1;
    private bool _hasOwn, _wraps;

    public IReadOnlyList<ReplyPart> All => _parts;

    /// <summary>The header block of what is embedded, if one stands there.</summary>
    public HeaderBlock? Header { get; private set; }

    public bool SaysForwarded { get; private set; }

    public bool SaysOriginal { get; private set; }

    public bool IsDoubtful { get; private set; }

    public ReplyParts Find()
    {
        var i = 0;
        while (i < text.Count)
        {
            if (text[i].IsQuoted)
                i = TakeQuote(i);
            else if (text[i].IsBlank)
                i++;
            else if (IsBoundary(i, out var end))
                i = end;
            else
                NoteWords(i++);
        }

        CloseOwn(text.Count);
        return this;
    }

    private int TakeQuote(int from)
    {
        CloseOwn(from);
        var to = from;
        while (to < text.Count)
        {
            if (text[to].IsQuoted || IsWrapped(to))
            {
                to++;
                continue;
            }

            var next = NextLine(to);
            if (!text[to].IsBlank || next >= text.Count || !text[next].IsQuoted)
                break;
            to = next;
        }

        _parts.Add(new(PartKind.Quote, from, to));
        _ownFrom = to;
        return to;
    }

    // A quoting client that folds its lines again leaves tails without a mark: "> a line of full wid" / "th" / "> next".
    private bool IsWrapped(int line)
    {
        if (line == 0 || text[line].IsBlank || !text[line - 1].IsQuoted || line + 1 >= text.Count || !text[line + 1].IsQuoted)
            return false;
        var before = text.Content(line - 1);
        var tail = text.Content(line);
        if (before.Length < MinWrapWidth || tail.Length >= before.Length || char.IsUpper(tail[0]) || before[^1] is '?' or '!' or ':')
            return false;
        if (before[^1] == '.' && !_wraps)
            return false;
        (_wraps, IsDoubtful) = (true, true);
        return true;
    }

    /// <summary>Looks whether earlier mail begins on (or, for a folded attribution, ends on) this line.</summary>
    private bool IsBoundary(int line, out int end)
    {
        var content = text.Content(line);
        var separator = Separators.Of(content);
        var hasOwn = HasOwnBefore(line);
        if (separator == Separator.ReplyAbove)
            return hasOwn ? Embed(line, null, separator, out end) : Skip(line, line + 1, out end);
        if (separator is Separator.Original or Separator.Forwarded)
        {
            var next = NextLine(line + 1);
            var announced = next < text.Count && next <= line + 3 ? HeaderBlock.At(text, next, announced: true) : null;
            return Below(line, announced?.End ?? line + 1, announced, separator, out end);
        }

        if (HeaderBlock.At(text, line, announced: false) is { } block)
            return Below(line, block.End, block, separator, out end);
        var evidence = Attribution.EndsAt(text, line, _ownFrom, out var first);
        if (evidence == Evidence.None)
            return text[line].Mark == LineMark.OpensQuote && hasOwn && Quotes(line) ? Embed(line, null, separator, out end) : Not(out end);
        var below = NextLine(line + 1);
        if (below < text.Count && text[below].IsQuoted)
            return Skip(first, line + 1, out end);
        if (evidence == Evidence.Strong && HasOwnBefore(first))
            return Embed(first, null, separator, out end);
        IsDoubtful = true;
        // An attribution on top of unmarked text: the client quoted nothing, and what follows was typed below it.
        return evidence == Evidence.Strong ? Skip(first, line + 1, out end) : Not(out end);
    }

    // Below a header block stands the old mail, unless its lines are marked: then answers may stand between them.
    private bool Below(int first, int behind, HeaderBlock? block, Separator separator, out int end)
    {
        var next = NextLine(behind);
        if (next >= text.Count || !text[next].IsQuoted)
            return Embed(first, block, separator, out end);
        Header ??= block;
        SaysForwarded |= separator == Separator.Forwarded;
        SaysOriginal |= separator == Separator.Original;
        return Skip(first, behind, out end);
    }

    private bool Embed(int first, HeaderBlock? block, Separator separator, out int end)
    {
        CloseOwn(first);
        _parts.Add(new(PartKind.Embedded, first, text.Count));
        Header ??= block;
        SaysForwarded |= separator == Separator.Forwarded;
        SaysOriginal |= separator == Separator.Original;
        _ownFrom = end = text.Count;
        return true;
    }

    private bool Skip(int first, int behind, out int end)
    {
        CloseOwn(first);
        _parts.Add(new(PartKind.Attribution, first, behind));
        _ownFrom = end = behind;
        return true;
    }

    private static bool Not(out int end)
    {
        end = 0;
        return false;
    }

    // A client's container for earlier mail opens with the attribution or header block: when one follows within a few lines, that decides.
    private bool Quotes(int line)
    {
        var until = Math.Min(text.Count, line + 8);
        for (var i = line; i < until; i++)
        {
            if (text[i].IsQuoted || Attribution.EndsAt(text, i, line, out _) != Evidence.None || HeaderBlock.At(text, i, announced: false) is not null || Separators.Of(text.Content(i)) > Separator.Rule)
                return false;
        }

        return true;
    }

    private void CloseOwn(int to)
    {
        if (_firstWords >= 0 && _firstWords < to)
        {
            _parts.Add(new(PartKind.Own, _ownFrom, to));
            _hasOwn = true;
        }

        (_ownFrom, _firstWords) = (to, -1);
    }

    private void NoteWords(int line)
    {
        if (_firstWords < 0 && Separators.Of(text.Content(line)) != Separator.Rule)
            _firstWords = line;
    }

    private bool HasOwnBefore(int line) => _hasOwn || (_firstWords >= 0 && _firstWords < line);

    private int NextLine(int from)
    {
        while (from < text.Count && text[from].IsBlank && !text[from].IsQuoted)
            from++;
        return from;
    }
}
