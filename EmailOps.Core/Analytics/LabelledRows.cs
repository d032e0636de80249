using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Analytics;

/// <summary>A mail whose right category is known.</summary>
/// <param name="Line">In the file, from 1.</param>
/// <param name="Priority">1-10; null when not given.</param>
internal sealed record LabelledRow(int Line, string Subject, string Body, string Category, int? Priority);

/// <summary>Reads labelled mail from CSV. Rows that cannot be used are named and cost only themselves.</summary>
internal static class LabelledRows
{
    public const int MostRows = 100_000;
    private const int MostCharacters = 200_000;
    private const int MostBad = 1_000;

    /// <param name="file">Its name, for what is said about it.</param>
    /// <exception cref="TaxonomyException">The columns are missing, so no row can be used.</exception>
    public static (List<LabelledRow> Rows, List<BadRow> Bad) Read(string text, string file, Taxonomy taxonomy)
    {
        List<LabelledRow> rows = [];
        List<BadRow> bad = [];
        Dictionary<string, int>? columns = null;
        foreach (var (line, fields) in CsvReader.Read(text, file, (at, reason) => Add(bad, file, at, reason)))
        {
            if (columns is null)
            {
                columns = fields.Select((name, i) => (Name: name.Trim().ToLowerInvariant(), i)).DistinctBy(c => c.Name).ToDictionary(c => c.Name, c => c.i);
                if (!columns.ContainsKey("category") || !columns.ContainsKey("text") && !columns.ContainsKey("body") && !columns.ContainsKey("subject"))
                    throw new TaxonomyException(file, line, "the first line must name the columns: `category`, and `text` or `subject` and `body`; `priority` may follow.");
                continue;
            }
            if (rows.Count == MostRows)
            {
                bad.Add(new BadRow(line, $"Only the first {MostRows:N0} rows are judged."));
                break;
            }
            if (Row(line, name => columns.TryGetValue(name, out var at) && at < fields.Length ? fields[at] : "", taxonomy, out var reason) is { } row) rows.Add(row);
            else Add(bad, file, line, reason);
        }
        if (columns is null) throw new TaxonomyException(file, 1, "the file is empty. Its first line must name the columns: category, subject, body.");
        return (rows, bad);
    }

    /// <exception cref="TaxonomyException">So many cannot be used that it is another kind of file.</exception>
    private static void Add(List<BadRow> bad, string file, int line, string reason)
    {
        bad.Add(new BadRow(line, char.ToUpperInvariant(reason[0]) + reason[1..]));
        if (bad.Count >= MostBad) throw new TaxonomyException(file, line, $"{MostBad:N0} rows cannot be used, so the rest was not read. The first: line {bad[0].Line}: {bad[0].Reason}");
    }

    private static LabelledRow? Row(int line, Func<string, string> field, Taxonomy taxonomy, out string reason)
    {
        var (category, subject, body, priority) = (field("category").Trim(), field("subject"), field("body").Length > 0 ? field("body") : field("text"), field("priority").Trim());
        int? given = null;
        reason = category.Length == 0 ? "The category is missing."
            : taxonomy.Find(category) is null ? $"\"{(category.Length > 60 ? category[..60] : category)}\" is not a category of the taxonomy."
            : string.IsNullOrWhiteSpace(subject) && string.IsNullOrWhiteSpace(body) ? "It has no words."
            : subject.Length + body.Length > MostCharacters ? $"It has {subject.Length + body.Length:N0} characters; at most {MostCharacters:N0} are read."
            : "";
        if (reason.Length == 0 && priority.Length > 0)
        {
            if (int.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10) given = number;
            else reason = $"The priority \"{(priority.Length > 20 ? priority[..20] : priority)}\" is not a number from 1 to 10.";
        }
        return reason.Length > 0 ? null : new LabelledRow(line, subject, body, category, given);
    }
}
