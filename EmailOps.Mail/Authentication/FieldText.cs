using System.Text;

namespace EmailOps.Mail.Authentication;

/// <summary>Comments and quoted strings of structured fields (RFC 5322, section 3.2).</summary>
internal static class FieldText
{
    /// <summary>Comments become one space each; they nest, and an unclosed one takes the rest.</summary>
    public static string WithoutComments(string text)
    {
        if (!text.Contains('(', StringComparison.Ordinal))
            return text;
        var clean = new StringBuilder(text.Length);
        var (depth, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length && (isQuoted || depth > 0))
            {
                if (depth == 0)
                    clean.Append(c).Append(text[i + 1]);
                i++;
            }
            else if (depth == 0 && c == '"')
            {
                isQuoted = !isQuoted;
                clean.Append(c);
            }
            else if (!isQuoted && c == '(')
            {
                if (depth++ == 0)
                    clean.Append(' ');
            }
            else if (!isQuoted && c == ')' && depth > 0)
            {
                depth--;
            }
            else if (depth == 0)
            {
                clean.Append(c);
            }
        }

        return clean.ToString();
    }

    /// <summary>Splits where the sign stands outside quotes.</summary>
    public static List<string> Split(string text, char sign)
    {
        List<string> parts = [];
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == sign && !isQuoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>The content of the quoted string that the text begins with.</summary>
    /// <param name="length">How much of the text it took, quotes included.</param>
    public static string Quoted(ReadOnlySpan<char> text, out int length)
    {
        var content = new StringBuilder();
        var i = 1;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            content.Append(text[i]);
        }

        length = Math.Min(i + 1, text.Length);
        return content.ToString();
    }
}
