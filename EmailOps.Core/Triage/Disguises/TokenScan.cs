using System.Buffers;
using System.Text;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>The disguises that are seen word by word.</summary>
internal ref struct TokenScan(TextTokens text, int from, bool mayMixScripts)
{
    private const int LeastEncodedToken = 16, LongestLookAlike = 40, LongestDigitWord = 24;
    private const int LeastSpaced = 5, LongestGap = 5, LeastGlued = 10, MostGlued = 2_000;
    private const int LeastTurned = 3;

    private static readonly SearchValues<char> s_stops = SearchValues.Create(".!?:;\n\"()");

    private static readonly SearchValues<char> s_gaps = SearchValues.Create(" \t\u00A0.-_*·•|/~+,\r\n");

    private readonly TextTokens _text = text;
    private readonly string _raw = text.Text;
    private readonly int _from = from;
    private int _done = from;
    private int _turned, _stretch, _stretchFirst = -1;

    public void Run(ref List<DisguisedSpan>? found)
    {
        var tokens = _text.Tokens;
        for (var i = _text.TokenAt(_from); i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            Turned(i, ref found);
            if (token.Start < _done)
                continue;
            if (token.Length == 1 && IsSpaced(i))
                i = Spaced(i, ref found) - 1;
            else if (token.Length >= LeastEncodedToken && char.IsAscii(_raw[token.Start]))
                Keep(Encoded.Run(_raw, token.Start, _done, out var end), end, ref found);
            else if (token.Kind is TokenKind.Mixed or TokenKind.Number && token.Length <= 4 && PairAt(token) >= 0)
                Pairs(i, ref found);
            if (token.Start >= _done && (token.Kind == TokenKind.Mixed || token.Start > _from && _raw[token.Start - 1] is '@' or '$' or '!'))
                Digits(token, ref found);
            if (mayMixScripts && token.Start >= _done && token.Length <= LongestLookAlike && LookAlikes.OfOneScript(_text.TextOf(token)) is { } plain)
                Keep(new DisguisedSpan(token.Start, token.End, plain, "look-alike letters"), token.End, ref found);
        }
        EndStretch(tokens.Length, ref found);
    }

    private void Keep(DisguisedSpan? span, int end, ref List<DisguisedSpan>? found)
    {
        if (span is { } read)
            (found ??= []).Add(read);
        _done = Math.Max(_done, end);
    }

    /// <summary>Counts words that are cue words when turned, sentence by sentence.</summary>
    private void Turned(int i, ref List<DisguisedSpan>? found)
    {
        var tokens = _text.Tokens;
        if (_stretchFirst < 0 || _raw.AsSpan(tokens[i - 1].End, tokens[i].Start - tokens[i - 1].End).ContainsAny(s_stops))
        {
            EndStretch(i, ref found);
            _stretchFirst = i;
        }
        _stretch++;
        if (CueWords.ContainsTurned(tokens[i].Hash))
            _turned++;
    }

    private void EndStretch(int end, ref List<DisguisedSpan>? found)
    {
        if (_turned >= LeastTurned && _turned * 2 >= _stretch || _turned == 2 && _stretch <= 3)
        {
            var (start, stop) = (_text.Tokens[_stretchFirst].Start, _text.Tokens[end - 1].End);
            (found ??= []).Add(new DisguisedSpan(start, stop, CueWords.Turn(_raw.AsSpan(start, stop - start)), "rot13"));
        }
        (_turned, _stretch) = (0, 0);
    }

    private readonly bool IsSpaced(int first)
    {
        var tokens = _text.Tokens;
        if (first + LeastSpaced > tokens.Length)
            return false;
        var letters = 0;
        foreach (ref readonly var token in tokens.Slice(first, LeastSpaced))
        {
            if (token.Length != 1 || token.Kind == TokenKind.Ideograph)
                return false;
            letters += token.Kind == TokenKind.Word ? 1 : 0;
        }
        return letters > LeastSpaced / 2;
    }

    /// <summary>Letters one by one: a gap that is wider than the first, or has a space where that has none, is between words.</summary>
    private int Spaced(int first, ref List<DisguisedSpan>? found)
    {
        var tokens = _text.Tokens;
        var i = first + 1;
        ReadOnlySpan<char> usual = [];
        var plain = new StringBuilder();
        var hasGaps = false;
        for (; i < tokens.Length && tokens[i].Length == 1 && tokens[i].Kind != TokenKind.Ideograph; i++)
        {
            var gap = _raw.AsSpan(tokens[i - 1].End, tokens[i].Start - tokens[i - 1].End);
            if (gap.Length is 0 or > LongestGap || gap.ContainsAnyExcept(s_gaps))
                break;
            if (i == first + 1)
            {
                usual = gap;
                plain.Append(_raw[tokens[first].Start]);
            }
            else if (gap.Length > usual.Length || gap.ContainsAny(" \n") && !usual.ContainsAny(" \n"))
            {
                hasGaps = true;
                plain.Append(' ');
            }
            plain.Append(_raw[tokens[i].Start]);
        }
        if (i - first < LeastSpaced)
            return i;
        var read = plain.ToString();
        if (!hasGaps && read.Length is >= LeastGlued and <= MostGlued)
            read = CueWords.Split(read);
        Keep(new DisguisedSpan(tokens[first].Start, tokens[i - 1].End, read, "spaced letters"), tokens[i - 1].End, ref found);
        return i;
    }

    private void Digits(in Token token, ref List<DisguisedSpan>? found)
    {
        var (start, end) = (token.Start, token.End);
        while (start > _done && end - start < LongestDigitWord && IsOfWord(_raw[start - 1]))
            start--;
        while (end < _raw.Length && end - start < LongestDigitWord && IsOfWord(_raw[end]))
            end++;
        if (end - start is < 3 or >= LongestDigitWord)
            return;
        // "!" ends a sentence more often than a word.
        var word = _raw.AsSpan(start, end - start).TrimEnd('!');
        if (LookAlikes.OfDigits(word) is { } plain)
            Keep(new DisguisedSpan(start, start + word.Length, plain, "digits for letters"), start + word.Length, ref found);
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '@' or '$' or '!' or '|';

    private void Pairs(int first, ref List<DisguisedSpan>? found)
    {
        var tokens = _text.Tokens;
        List<int> pairs = [];
        var i = first;
        for (; i < tokens.Length && tokens[i].Length <= 4 && PairAt(tokens[i]) is >= 0 and var at; i++)
        {
            if (i > first && tokens[i].Start - tokens[i - 1].End > 3)
                break;
            pairs.Add(at);
        }
        var start = tokens[first].Start > _done && _raw[tokens[first].Start - 1] == '\\' ? tokens[first].Start - 1 : tokens[first].Start;
        Keep(Encoded.Pairs(_raw, pairs, start), tokens[i - 1].End, ref found);
    }

    /// <returns>Where the two digits are: in <c>69</c>, <c>x69</c>, <c>0x69</c>; -1 when it is something else.</returns>
    private int PairAt(in Token token)
    {
        var word = _text.TextOf(token);
        if (word.Length < 2 || !char.IsAsciiHexDigit(word[^1]) || !char.IsAsciiHexDigit(word[^2]))
            return -1;
        return word.Length == 2 || (word[^3] | 32) == 'x' && (word.Length == 3 || word[0] == '0') ? token.End - 2 : -1;
    }
}
