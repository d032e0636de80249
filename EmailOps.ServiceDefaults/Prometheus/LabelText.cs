using System.Globalization;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>The labels of a measurement as they will be written, put together on the stack: the usual measurement allocates nothing.</summary>
internal ref struct LabelText(Span<char> start)
{
    /// <summary>A label's value is cut there: values are closed lists, a longer one is a mistake.</summary>
    private const int LongestValue = 128;

    private Span<char> _text = start;
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly ReadOnlySpan<char> Text => _text[.._length];

    public void Append(char c)
    {
        if (_length == _text.Length)
            Grow(1);
        _text[_length++] = c;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _text.Length)
            Grow(text.Length);
        text.CopyTo(_text[_length..]);
        _length += text.Length;
    }

    public void AppendEscaped(object value)
    {
        Span<char> room = stackalloc char[64];
        ReadOnlySpan<char> text = value switch
        {
            string already => already.AsSpan(),
            bool flag => (flag ? "true" : "false").AsSpan(),
            ISpanFormattable number when number.TryFormat(room, out var written, default, CultureInfo.InvariantCulture) => room[..written],
            _ => Convert.ToString(value, CultureInfo.InvariantCulture).AsSpan(),
        };
        if (text.Length > LongestValue)
            text = text[..LongestValue];
        foreach (var c in text)
        {
            switch (c)
            {
                case '\\': Append(@"\\"); break;
                case '"': Append("\\\""); break;
                case '\n': Append(@"\n"); break;
                default: Append(c); break;
            }
        }
    }

    private void Grow(int by)
    {
        var larger = new char[Math.Max(_text.Length * 2, _length + by)];
        Text.CopyTo(larger);
        _text = larger;
    }
}
