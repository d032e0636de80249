using System.Buffers;
using System.Globalization;
using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>A command under construction: text, with counted strings between where a value fits no other form.</summary>
internal sealed class ImapCommand
{
    private const int MaxQuoted = 1_000;

    private static readonly SearchValues<char> NotInFlags = SearchValues.Create("(){%*\"]");

    private readonly StringBuilder _text = new();
    private readonly List<(string Before, ReadOnlyMemory<byte> Bytes)> _literals = [];

    public ImapCommand(string word)
    {
        Word = word;
        _text.Append(word);
    }

    /// <summary>For people: <c>UID FETCH</c>.</summary>
    public string Word { get; }

    /// <summary>Arguments never reach the log.</summary>
    public bool IsSecret { get; init; }

    public IReadOnlyList<(string Before, ReadOnlyMemory<byte> Bytes)> Literals => _literals;

    /// <summary>What stands behind the last counted string.</summary>
    public string Tail => _text.ToString();

    /// <summary>A space and text as it is. Only for text that this library makes.</summary>
    public ImapCommand Raw(string text)
    {
        _text.Append(' ').Append(text);
        return this;
    }

    public ImapCommand Raw(FormattableString text) => Raw(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A folder by its name.</summary>
    public ImapCommand Folder(string wireName) => String(wireName);

    /// <summary>A space and a string: quoted where that is possible, counted where not.</summary>
    public ImapCommand String(string value)
    {
        var isPlain = value.Length <= MaxQuoted && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
        if (!isPlain)
            return Literal(Encoding.UTF8.GetBytes(value));
        _text.Append(" \"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        return this;
    }

    /// <summary>A space and counted bytes.</summary>
    public ImapCommand Literal(ReadOnlyMemory<byte> bytes)
    {
        _text.Append(' ');
        _literals.Add((_text.ToString(), bytes));
        _text.Clear();
        return this;
    }

    /// <summary>A space and flags in brackets.</summary>
    /// <exception cref="ArgumentException">A keyword is not an atom.</exception>
    public ImapCommand Flags(ImapFlags flags)
    {
        var words = flags.Words().ToList();
        if (words.Find(word => word.Length == 0 || word.AsSpan().ContainsAny(NotInFlags) || word.AsSpan().ContainsAnyExceptInRange('!', '~') || word.LastIndexOf('\\') > 0) is { } bad)
            throw new ArgumentException($"'{bad}' cannot be a flag.", nameof(flags));
        return Raw($"({string.Join(' ', words)})");
    }
}
