using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>The body of a text part: UTF-8 with CR LF, in the encoding that no server on the way has a reason to touch.</summary>
internal static class BodyText
{
    // RFC 5322 section 2.1.1 asks for 78, RFC 2045 section 6.7 for 76.
    private const int Width = 76;

    /// <summary>The encoded bytes and their Content-Transfer-Encoding.</summary>
    public static (byte[] Body, string Encoding) Encode(string text)
    {
        var plain = Encoding.UTF8.GetBytes(Lines(text));
        if (IsSafe(plain))
            return (plain, "7bit");
        var inBase64 = Base64Lines.Length(plain.Length);
        return QuotedPrintable.Encode(plain, inBase64) is { } quoted ? (quoted, "quoted-printable") : (Base64Lines.Encode(plain), "base64");
    }

    /// <summary>
    /// CR LF for whatever ends a line, at the end too. Control characters but the tab have no meaning in a mail and are dropped; lone surrogates, which
    /// are no text, become U+FFFD.
    /// </summary>
    public static string Lines(string text)
    {
        var lines = new StringBuilder(text.Length + (text.Length / 32) + 2);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n' || (c == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                lines.Append("\r\n");
            else if (!char.IsControl(c) || c == '\t')
                lines.Append(c);
        }
        if (lines.Length > 0 && lines[^1] != '\n')
            lines.Append("\r\n");
        return lines.ToString();
    }

    /// <summary>
    /// It can travel as it is: short lines of printable ASCII without white space at their ends, and none that begins as gateways read an mbox ("From "),
    /// the end of a mail (".") or a boundary of ours.
    /// </summary>
    private static bool IsSafe(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            var line = body[..body.IndexOf((byte)'\r')];
            if (line.Length > Width || (line.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !IsTabbed(line)))
                return false;
            if (line.StartsWith("From "u8) || line.StartsWith("."u8) || line.StartsWith(Boundary.Mark) || line.EndsWith(" "u8) || line.EndsWith("\t"u8))
                return false;
            body = body[(line.Length + 2)..];
        }
        return true;
    }

    private static bool IsTabbed(ReadOnlySpan<byte> line)
    {
        foreach (var octet in line)
        {
            if (octet is (< (byte)' ' or > (byte)'~') and not (byte)'\t')
                return false;
        }
        return true;
    }
}
