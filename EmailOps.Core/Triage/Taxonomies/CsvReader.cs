using System.Text;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>
/// Comma-separated values as RFC 4180 has them: fields may be quoted, quoted fields may hold commas, line breaks and doubled quotes.
/// Lines end with CRLF or LF; a byte order mark and empty lines are passed over.
/// </summary>
internal static class CsvReader
{
    /// <summary>UTF-16 units of one field; a quote left open must not swallow a whole file line after line.</summary>
    private const int LongestField = 1_000_000;

    /// <summary>Records with the number of the line they begin on (1-based).</summary>
    /// <param name="bad">Told of records that cannot be read, with line and reason; reading goes on with the next line. Null: they are exceptions.</param>
    /// <exception cref="TaxonomyException">A quote is never closed, or text follows a closing quote.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Read(string text, string file, Action<int, string>? bad = null)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        int line = 1, started = 1, i = text.StartsWith('\uFEFF') ? 1 : 0;
        while (i < text.Length)
        {
            string? problem = null;
            if (text[i] == '"')
            {
                var (opened, at) = (line, i);
                for (i++; ; i++)
                {
                    if (i >= text.Length || i - at > LongestField)
                    {
                        problem = "a field opens with a quote that is never closed. Close it, or double the quotes inside.";
                        (line, i) = (opened, at);
                        break;
                    }
                    if (text[i] == '\n')
                        line++;
                    if (text[i] != '"')
                        field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"')
                        field.Append(text[i++]);
                    else
                        break;
                }
                i++;
                if (problem == null && i < text.Length && text[i] is not (',' or '\r' or '\n'))
                    problem = "text follows a closing quote. Double the quotes inside a field.";
                if (problem != null)
                {
                    if (bad == null)
                        throw new TaxonomyException(file, line, problem);
                    bad(started, problem);
                    while (i < text.Length && text[i] != '\n')
                        i++;
                    i++;
                    started = ++line;
                    field.Clear();
                    fields.Clear();
                    continue;
                }
            }
            else
            {
                while (i < text.Length && text[i] is not (',' or '\n'))
                    field.Append(text[i++]);
                if (field.Length > 0 && field[^1] == '\r' && (i >= text.Length || text[i] == '\n'))
                    field.Length--;
            }
            if (i < text.Length && text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            fields.Add(field.ToString());
            field.Clear();
            if (i < text.Length && text[i] == ',')
            {
                i++;
                if (i < text.Length && text[i] is not ('\n' or '\r'))
                    continue;
                fields.Add("");
                while (i < text.Length && text[i] == '\r')
                    i++;
            }
            i++;
            line++;
            if (fields.Count > 1 || fields[0].Length > 0)
                yield return (started, [.. fields]);
            fields.Clear();
            started = line;
        }
    }
}
