using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace EmailOps.Mail.Smtp;

/// <summary>One line of an answer: <c>250-SIZE 1000</c>, <c>550 5.1.1 No such user</c>, <c>250</c>.</summary>
internal readonly record struct SmtpReplyLine(int Code, bool IsLast, string? Status, string Text)
{
    // class "." subject "." detail, RFC 3463 section 2.
    private const int MaxStatus = 9;

    /// <summary>Null where the line is none.</summary>
    public static SmtpReplyLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || !Utf8Parser.TryParse(line[..3], out int code, out var used) || used != 3 || code is < 200 or > 599)
            return null;
        if (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-'))
            return null;
        var rest = line.Length > 4 ? line[4..].Trim((byte)' ') : [];
        var length = StatusLength(rest, line[0]);
        var status = length > 0 ? Encoding.ASCII.GetString(rest[..length]) : null;
        return new SmtpReplyLine(code, line.Length == 3 || line[3] == ' ', status, Printable(rest[length..].TrimStart((byte)' ')));
    }

    // Its class must be that of the reply code, or it is something else that has dots ("220 2.1.0.example").
    private static int StatusLength(ReadOnlySpan<byte> text, byte replyClass)
    {
        var end = text[..Math.Min(text.Length, MaxStatus + 1)].IndexOf((byte)' ');
        var code = end < 0 ? text : text[..end];
        if (code.Length is < 5 or > MaxStatus || code[0] != replyClass || code[1] != '.' || code.ContainsAnyExcept(Digits))
            return 0;
        var second = code[2..].IndexOf((byte)'.');
        var isStatus = second is >= 1 and <= 3 && code[(3 + second)..] is { Length: >= 1 and <= 3 } detail && !detail.Contains((byte)'.');
        return isStatus ? code.Length : 0;
    }

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789."u8);

    private static string Printable(ReadOnlySpan<byte> text)
    {
        // Cut bytes first: a line may be long, and is shown to people only.
        text = text[..Math.Min(text.Length, SmtpReply.MaxText * 2)];
        var words = System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);
        return string.Create(words.Length, words, static (into, from) =>
        {
            for (var i = 0; i < from.Length; i++)
                into[i] = char.IsControl(from[i]) ? '?' : from[i];
        });
    }
}
