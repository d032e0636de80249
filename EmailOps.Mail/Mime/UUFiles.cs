using System.Text;

namespace EmailOps.Mail;

/// <summary>Files that old mailers put into the text: <c>begin 644 photo.jpg</c> ... <c>end</c>.</summary>
internal static class UUFiles
{
    private const int MaxFiles = 100;

    /// <summary>Returns the text without the files, which are added to the attachments.</summary>
    public static string TakeOut(string text, MimePart part, List<Attachment> into)
    {
        if (!text.StartsWith("begin ", StringComparison.Ordinal) && !text.Contains("\nbegin ", StringComparison.Ordinal))
            return text;
        var kept = new StringBuilder(text.Length);
        var at = 0;
        var from = 0;
        for (var files = 0; files < MaxFiles && NextBegin(text, at) is >= 0 and var begin; files++)
        {
            var nameEnd = text.IndexOf('\n', begin);
            if (nameEnd < 0)
                break;
            at = begin + 6;
            if (!IsBegin(text.AsSpan(begin, nameEnd - begin), out var name) || !LooksEncoded(text.AsSpan(nameEnd + 1)))
                continue;
            var end = text.IndexOf("\nend", nameEnd, StringComparison.Ordinal);
            // A message that was cut: what is encoded to its last line is the file.
            if (end < 0 && AllEncoded(text.AsSpan(nameEnd + 1)))
                end = text.Length - 1;
            if (end < 0)
                break;
            kept.Append(text, from, begin - from);
            var lineEnd = text.IndexOf('\n', end + 1);
            at = from = lineEnd < 0 ? text.Length : lineEnd + 1;
            into.Add(new Attachment(name, "application/octet-stream", Encoding.Latin1.GetBytes(text[(nameEnd + 1)..(end + 1)]), TransferEncoding.UUEncode));
        }
        return from == 0 ? text : kept.Append(text, from, text.Length - from).ToString();
    }

    private static bool AllEncoded(ReadOnlySpan<char> data)
    {
        var lines = 0;
        foreach (var range in data.Split('\n'))
        {
            var line = data[range];
            if (!line.IsEmpty && !LooksEncoded(line))
                return false;
            lines++;
        }
        return lines > 1;
    }

    private static int NextBegin(string text, int at)
    {
        if (at == 0 && text.StartsWith("begin ", StringComparison.Ordinal))
            return 0;
        var found = text.IndexOf("\nbegin ", Math.Max(0, at - 1), StringComparison.Ordinal);
        return found < 0 ? -1 : found + 1;
    }

    /// <summary>begin, three or four octal digits, a name</summary>
    private static bool IsBegin(ReadOnlySpan<char> line, out string name)
    {
        name = "";
        var rest = line[6..].TrimStart(' ');
        var space = rest.IndexOf(' ');
        if (space is < 3 or > 4 || rest[..space].ContainsAnyExceptInRange('0', '7'))
            return false;
        name = rest[space..].Trim().ToString();
        return name.Length > 0;
    }

    /// <summary>The first line says its own length, so prose that starts with "begin" is told apart.</summary>
    private static bool LooksEncoded(ReadOnlySpan<char> data)
    {
        var end = data.IndexOf('\n');
        var line = end < 0 ? data : data[..end];
        if (line.IsEmpty || line[0] is < ' ' or > '`')
            return false;
        var bytes = (line[0] - ' ') & 0x3F;
        return line.Length - 1 <= (bytes + 2) / 3 * 4 + 2;
    }
}
