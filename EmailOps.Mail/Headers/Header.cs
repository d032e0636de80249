using System.Text;

namespace EmailOps.Mail;

/// <summary>One header field (RFC 5322, section 2.2) as it stands in the message. Decoding happens when asked for and never throws.</summary>
public readonly struct Header
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly HeaderField _field;
    private readonly string? _charsetHint;

    internal Header(ReadOnlyMemory<byte> raw, HeaderField field, string? charsetHint) =>
        (_raw, _field, _charsetHint) = (raw, field, charsetHint);

    /// <summary>The field name as written; compare it without regard to case.</summary>
    public string Name => HeaderNames.Text(_field.Name(_raw.Span));

    /// <summary>Unfolded, encoded words (RFC 2047) decoded, 8-bit text read as UTF-8 or windows-1252, outer white space cut.</summary>
    public string Value => HeaderText.Decode(RawBytes, _charsetHint);

    /// <summary>The value as it stands, folds included, a character a byte (ISO 8859-1).</summary>
    public string RawValue => Encoding.Latin1.GetString(RawBytes);

    /// <summary>The bytes after the colon, up to the end of the last line of the field.</summary>
    public ReadOnlySpan<byte> RawBytes => _field.Value(_raw.Span);

    public bool Is(string name) => HeaderNames.Same(_field.Name(_raw.Span), name);

    public override string ToString() => $"{Name}: {Value}";
}
