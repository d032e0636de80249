using System.Text;

namespace EmailOps.Mail.Imap;

internal enum ImapStatus
{
    None,
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// <summary>A status line: <c>OK [APPENDUID 1 7] done</c>.</summary>
internal readonly record struct ImapReply(ImapStatus Status, string Code, string Arguments, string Text)
{
    private const int MaxText = 1_000;

    /// <summary>From what stands behind the status word. Missing parts are empty.</summary>
    public static ImapReply Parse(ImapStatus status, ReadOnlySpan<byte> rest)
    {
        rest = rest.Trim(" \t"u8);
        if (rest.Length == 0 || rest[0] != '[' || End(rest) is not (> 0 and var end))
            return new(status, "", "", Readable(rest));
        var code = rest[1..end].Trim((byte)' ');
        var space = code.IndexOf((byte)' ');
        var name = space < 0 ? code : code[..space];
        var arguments = space < 0 ? default : code[(space + 1)..].Trim((byte)' ');
        return new(status, Readable(name).ToUpperInvariant(), Encoding.Latin1.GetString(arguments), Readable(rest[(end + 1)..].Trim((byte)' ')));
    }

    // The bracket that closes the code; one inside a quoted string does not.
    private static int End(ReadOnlySpan<byte> rest)
    {
        var quoted = false;
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
                quoted = !quoted;
            else if (rest[i] == ']' && !quoted)
                return i;
        }
        return rest.IndexOf((byte)']');
    }

    private static string Readable(ReadOnlySpan<byte> text)
    {
        var decoded = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxText)]);
        return decoded.AsSpan().ContainsAnyInRange('\0', '\u001f') ? string.Concat(decoded.Select(c => char.IsControl(c) ? ' ' : c)) : decoded;
    }
}
