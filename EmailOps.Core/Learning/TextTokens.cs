namespace EmailOps.Core.Learning;

/// <summary>
/// A text read once into folded characters and tokens, shared by everything that looks at it. The buffers are kept and grow to the
/// largest text seen, so that reading the next text allocates nothing. Not thread-safe: one per worker.
/// </summary>
internal sealed class TextTokens
{
    private char[] _folded = new char[2048];
    private Token[] _tokens = new Token[512];
    private int _count;

    /// <summary>The text as it was given; token offsets count its UTF-16 units.</summary>
    public string Text { get; private set; } = "";

    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>The text folded, unit for unit.</summary>
    public ReadOnlySpan<char> Folded => _folded.AsSpan(0, Text.Length);

    public ReadOnlySpan<char> FoldedOf(in Token token) => _folded.AsSpan(token.Start, token.Length);

    public ReadOnlySpan<char> TextOf(in Token token) => Text.AsSpan(token.Start, token.Length);

    /// <summary>Index of the first token that starts at or after an offset.</summary>
    public int TokenAt(int offset)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_tokens[middle].Start < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    public void Read(string text)
    {
        Text = text;
        _count = 0;
        if (_folded.Length < text.Length)
            _folded = new char[Math.Max(text.Length, _folded.Length * 2)];
        var folded = _folded.AsSpan(0, text.Length);
        for (var i = 0; i < text.Length;)
        {
            switch (CharacterTables.Read(text[i], out folded[i]))
            {
                case CharacterKind.Other:
                    i++;
                    break;
                case CharacterKind.Ideograph:
                    Add(new Token(i, 1, Hash32.Step(Hash32.Seed, folded[i]), TokenKind.Ideograph));
                    i++;
                    break;
                default:
                    i = ReadWord(text, folded, i);
                    break;
            }
        }
    }

    private int ReadWord(string text, Span<char> folded, int start)
    {
        var hash = Hash32.Seed;
        bool letters = false, digits = false;
        var i = start;
        for (; i < text.Length; i++)
        {
            var kind = CharacterTables.Read(text[i], out folded[i]);
            if (kind == CharacterKind.Letter)
                letters = true;
            else if (kind == CharacterKind.Digit)
                digits = true;
            else
                break;
            hash = Hash32.Step(hash, folded[i]);
        }
        Add(new Token(start, i - start, hash, digits ? letters ? TokenKind.Mixed : TokenKind.Number : TokenKind.Word));
        return i;
    }

    private void Add(in Token token)
    {
        if (_count == _tokens.Length)
            Array.Resize(ref _tokens, _tokens.Length * 2);
        _tokens[_count++] = token;
    }
}
