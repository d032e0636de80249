using System.Text.Json;
using System.Text;

namespace EmailOps.Benchmarks.Predict;

/// <param name="Id">As the scorer has it: the column "id", else the number of the row, counted through all files.</param>
/// <param name="Label">Null where the file has none.</param>
/// <param name="Normalised">The text in lower case with numbers in words, where the set has it (HWU64); else empty.</param>
internal sealed record LabelledRow(string Id, string Text, string? Label, string Normalised = "");

/// <summary>Reads texts and labels from the CSV and JSON-lines files of the intent sets.</summary>
internal static class LabelledRows
{
    public const string OutOfScope = "oos";
    public static readonly string[] TrainNames = ["train.csv", "dev.csv", "train.jsonl", "val.jsonl", "oos_train.jsonl", "oos_val.jsonl"];
    private static readonly string[] s_testNames = ["test.csv", "test.jsonl", "oos_test.jsonl"];
    private static readonly string[] s_texts = ["text", "utterance"];
    private static readonly string[] s_labels = ["intent", "category", "label"];

    /// <summary>The test files where there are any, else the files of the public folder.</summary>
    public static string[] DataNames(string folder) => s_testNames.Any(n => File.Exists(Path.Combine(folder, n))) ? s_testNames : TrainNames;

    public static IEnumerable<LabelledRow> Read(string folder, string[] names)
    {
        var number = 0;
        foreach (var path in names.Select(n => Path.Combine(folder, n)).Where(File.Exists))
            foreach (var fields in path.EndsWith(".csv", StringComparison.Ordinal) ? Csv(path) : JsonLines(path))
            {
                var id = fields.GetValueOrDefault("id") ?? number.ToString(System.Globalization.CultureInfo.InvariantCulture);
                number++;
                yield return new LabelledRow(id, Find(fields, s_texts) ?? "", Find(fields, s_labels), fields.GetValueOrDefault("text_normalised") ?? "");
            }
    }

    private static string? Find(Dictionary<string, string> fields, string[] names) => names.Select(n => fields.GetValueOrDefault(n)).FirstOrDefault(v => v is not null);

    private static IEnumerable<Dictionary<string, string>> JsonLines(string path)
    {
        foreach (var line in File.ReadLines(path).Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
        }
    }

    /// <summary>RFC 4180: quoted fields may hold commas, quotes (doubled) and line breaks.</summary>
    private static IEnumerable<Dictionary<string, string>> Csv(string path)
    {
        using var rows = CsvRows(File.ReadAllText(path)).GetEnumerator();
        if (!rows.MoveNext())
            yield break;
        var names = rows.Current;
        while (rows.MoveNext())
            yield return names.Zip(rows.Current).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
    }

    private static IEnumerable<List<string>> CsvRows(string text)
    {
        var (row, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"') field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') { field.Append('"'); i++; }
                else quoted = false;
                continue;
            }
            if (c == '"') quoted = true;
            else if (c is ',' or '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == ',') continue;
                // The scorers do not count empty lines.
                if (row is not [""]) yield return row;
                row = [];
            }
            else if (c != '\r') field.Append(c);
        }
        if (field.Length > 0 || row.Count > 0)
        {
            row.Add(field.ToString());
            yield return row;
        }
    }
}
