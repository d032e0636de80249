using System.Text;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>
/// Comma-separated values as RFC 4180 has them: fields may be quoted, quoted fields may hold commas, line breaks and doubled quotes.
/// Lines end with CRLF or LF; a byte order mark and empty lines are passed over.
/// </summary>
internal static class CsvReader
{
    /// <summary>Records with the number of the line they begin on (1-based).</summary>
    /// <exception cref="TaxonomyException">A quote is never closed, or text follows a closing quote.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Read(string text, string file)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        int line = 1, started = 1, i = text.StartsWith('\uFEFF') ? 1 : 0;
        while (i < text.Length)
        {
            if (text[i] == '"')
            {
                var opened = line;
                for (i++; ; i++)
                {
                    if (i >= text.Length)
                        throw new TaxonomyException(file, opened, "a field opens with a quote that is never closed. Close it, or double the quotes inside.");
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
                if (i < text.Length && text[i] is not (',' or '\r' or '\n'))
                    throw new TaxonomyException(file, line, "text follows a closing quote. Double the quotes inside a field.");
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
