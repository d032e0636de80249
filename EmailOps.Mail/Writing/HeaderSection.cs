using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>
/// Gathers header fields and folds them (RFC 5322, section 2.2.3): lines of at most 76 characters wherever there is white space to fold at. Values come
/// as tokens without line ends; nothing else gets in.
/// </summary>
internal sealed class HeaderSection
{
    public const int Width = 76;

    private readonly StringBuilder _text = new();
    private int _column;
    private bool _isFresh;

    public void Begin(string name)
    {
        _text.Append(name).Append(':');
        _column = name.Length + 1;
        _isFresh = true;
    }

    public void End() => _text.Append("\r\n");

    /// <summary>A run without white space that must stay whole. The first one stays beside the name: a line with a name alone reads badly for some.</summary>
    public void Token(string token)
    {
        if (!_isFresh && _column + 1 + token.Length > Width)
            Fold();
        _text.Append(' ').Append(token);
        _column += 1 + token.Length;
        _isFresh = false;
    }

    /// <summary>How long the next token may be without a fold; folds first when that is less than <paramref name="least"/>.</summary>
    public int Room(int least)
    {
        if (Width - _column - 1 < least && !_isFresh)
            Fold();
        return Width - _column - 1;
    }

    public void Field(string name, string token)
    {
        Begin(name);
        Token(token);
        End();
    }

    /// <summary>UTF-8: ASCII but for local parts of addresses (RFC 6532).</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    // The space of the next token is the white space that begins the line.
    private void Fold()
    {
        _text.Append("\r\n");
        _column = 0;
    }
}
