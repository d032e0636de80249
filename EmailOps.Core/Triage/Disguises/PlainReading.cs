namespace EmailOps.Core.Triage.Disguises;

/// <summary>A passage of a text that can be read in another way.</summary>
/// <param name="Start">Where it begins in the text (UTF-16 units).</param>
/// <param name="End">Where it ends, exclusive.</param>
/// <param name="Plain">What it says when read that way.</param>
/// <param name="Kind">What an operator reads: <c>base64</c>, <c>spaced letters</c>.</param>
internal readonly record struct DisguisedSpan(int Start, int End, string Plain, string Kind);

/// <summary>A text with its disguised passages read, and the way back to the text as it was written. For judging only: it is never shown, summed up or given to a model.</summary>
internal sealed class PlainReading
{
    private readonly List<(int Start, int End, DisguisedSpan Of)> _read = [];
    private readonly PlainReading? _outer;

    /// <param name="spans">In order and without overlaps.</param>
    /// <param name="outer">The reading the text was itself; null when it was written so.</param>
    public PlainReading(string text, IReadOnlyList<DisguisedSpan> spans, PlainReading? outer)
    {
        _outer = outer;
        var plain = new System.Text.StringBuilder(text.Length);
        var at = 0;
        foreach (var span in spans)
        {
            plain.Append(text, at, span.Start - at);
            _read.Add((plain.Length, plain.Length + span.Plain.Length, span));
            plain.Append(span.Plain);
            at = span.End;
        }
        Text = plain.Append(text, at, text.Length - at).ToString();
    }

    public string Text { get; }

    /// <returns>What the disguise of a part of <see cref="Text"/> is, the innermost last; null when it is as it was written.</returns>
    public string? KindOf(int start, int end)
    {
        var (from, to) = Back(start, end);
        var first = FirstEndingAfter(start);
        var own = first < _read.Count && _read[first].Start < end ? _read[first].Of.Kind : null;
        var outer = _outer?.KindOf(from, to);
        return own == null || outer == null ? own ?? outer : $"{outer}, then {own}";
    }

    /// <summary>The part of the text as it was written that a part of <see cref="Text"/> stands for.</summary>
    public (int Start, int End) Origin(int start, int end)
    {
        var (from, to) = Back(start, end);
        return _outer?.Origin(from, to) ?? (from, to);
    }

    private (int Start, int End) Back(int start, int end) => (Back(start, isEnd: false), Back(end, isEnd: true));

    private int Back(int at, bool isEnd)
    {
        var next = FirstEndingAfter(isEnd ? at - 1 : at);
        if (next < _read.Count && _read[next].Start <= (isEnd ? at - 1 : at))
            return isEnd ? _read[next].Of.End : _read[next].Of.Start;
        return next == 0 ? at : at - _read[next - 1].End + _read[next - 1].Of.End;
    }

    private int FirstEndingAfter(int at)
    {
        int low = 0, high = _read.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_read[middle].End <= at)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
