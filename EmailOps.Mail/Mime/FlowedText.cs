using System.Text;

namespace EmailOps.Mail;

/// <summary>Undoes format=flowed (RFC 3676): a line that ends in a space goes on in the next line of the same quote depth.</summary>
internal static class FlowedText
{
    public static string Join(string text, bool deleteSpace)
    {
        var joined = new StringBuilder(text.Length);
        var open = -1;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var depth = 0;
            while (depth < line.Length && line[depth] == '>')
                depth++;
            var content = line[depth..];
            // Section 4.4: space-stuffing.
            if (content.Length > 0 && content[0] == ' ')
                content = content[1..];
            var isSignature = content is "-- ";
            if (open == depth && !isSignature)
            {
                joined.Append(content);
            }
            else
            {
                if (range.Start.Value > 0)
                    joined.Append('\n');
                joined.Append('>', depth).Append(depth > 0 && content.Length > 0 ? " " : "").Append(content);
            }
            open = content.EndsWith(" ") && !isSignature ? depth : -1;
            if (open >= 0 && deleteSpace)
                joined.Length--;
        }
        return joined.ToString();
    }
}
