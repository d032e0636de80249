using System.Text;

namespace EmailOps.Mail;

/// <summary>Unfolds and decodes header values (RFC 5322 section 2.2.3, RFC 2047, RFC 6532).</summary>
internal static class HeaderText
{
    private const int StackBytes = 512;

    /// <summary>The value of an unstructured field.</summary>
    /// <param name="hint">The charset that bytes without a label are likely in; null when nothing is known.</param>
    public static string Decode(ReadOnlySpan<byte> raw, string? hint = null)
    {
        raw = Trim(raw);
        if (raw.IsEmpty)
            return "";
        if (IsPlain(raw) && !IsUtf7(hint))
            return Encoding.Latin1.GetString(raw);
        var text = new CharBuffer(stackalloc char[StackBytes]);
        try
        {
            DecodeTo(raw, hint, ref text);
            return text.Written.Trim(" \t").ToString();
        }
        finally
        {
            text.Dispose();
        }
    }

    public static void DecodeTo(scoped ReadOnlySpan<byte> raw, string? hint, ref CharBuffer text)
    {
        if (raw.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0)
        {
            EncodedWord.Decode(raw, hint, ref text);
            return;
        }
        var unfolded = new ByteBuffer(stackalloc byte[StackBytes]);
        try
        {
            Unfold(raw, ref unfolded);
            EncodedWord.Decode(unfolded.Written, hint, ref text);
        }
        finally
        {
            unfolded.Dispose();
        }
    }

    private static bool IsUtf7(string? hint) => hint is not null && hint.Contains("utf-7", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes line ends out. NUL bytes go too: no reader shows them and databases refuse them.</summary>
    public static void Unfold(ReadOnlySpan<byte> raw, ref ByteBuffer into)
    {
        while (!raw.IsEmpty)
        {
            var end = raw.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            if (end < 0)
            {
                into.Append(raw);
                return;
            }
            into.Append(raw[..end]);
            // A bare carriage return inside a line separates words too.
            if (raw[end] == '\r' && end + 1 < raw.Length && raw[end + 1] is not ((byte)'\n' or (byte)' ' or (byte)'\t' or (byte)'\r'))
                into.Append((byte)' ');
            raw = raw[(end + 1)..];
        }
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> raw) => raw.Trim(" \t\r\n\0"u8);

    /// <summary>ASCII on one line with nothing encoded: it is its own value.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> raw) =>
        Ascii.IsValid(raw) && raw.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0 && raw.IndexOf("=?"u8) < 0 && raw.IndexOf((byte)0x1B) < 0;
}
