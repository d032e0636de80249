using System.Globalization;
using System.Security.Cryptography;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>A mail with the category a person gave it.</summary>
/// <param name="Priority">1-10, 0 when not given.</param>
internal sealed record TrainingExample(string Category, string Language, int Priority, string Subject, string Body)
{
    /// <summary>As triage reads a mail: subject, line break, words.</summary>
    public string Text => $"{Subject}\n{Body}";
}

/// <summary>Examples from CSV files with the columns <c>category, language, priority, subject, body</c> (in any order; language and priority may be missing).</summary>
internal sealed record TrainingExamples(IReadOnlyList<TrainingExample> Items, string Hash)
{
    /// <exception cref="TaxonomyException">A file is missing or a row cannot be used; says which and why.</exception>
    public static TrainingExamples Load(IReadOnlyList<string> files, Taxonomy taxonomy)
    {
        List<TrainingExample> items = [];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            if (!File.Exists(file))
                throw new TaxonomyException(file, 0, "there is no such file. Set Triage:Training to the folder with the training examples.");
            var text = File.ReadAllText(file);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(text));
            Parse(text, file, taxonomy, items);
        }
        foreach (var category in taxonomy.Categories)
            if (!items.Exists(i => i.Category == category.Id))
                throw new TaxonomyException(files.Count > 0 ? files[0] : "training", 0, $"there is no example of the category `{category.Id}`. Add a dozen, or take the category out of the taxonomy.");
        return new TrainingExamples(items, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    internal static void Parse(string text, string file, Taxonomy taxonomy, List<TrainingExample> items)
    {
        Dictionary<string, int>? columns = null;
        foreach (var (line, fields) in CsvReader.Read(text, file))
        {
            if (columns == null)
            {
                columns = [];
                for (var i = 0; i < fields.Length; i++)
                    columns[fields[i].Trim().ToLowerInvariant()] = i;
                foreach (var needed in (ReadOnlySpan<string>)["category", "body"])
                    if (!columns.ContainsKey(needed))
                        throw new TaxonomyException(file, line, $"the column `{needed}` is missing. The first line must name the columns: category,language,priority,subject,body.");
                continue;
            }
            string Field(string name) => columns.TryGetValue(name, out var at) && at < fields.Length ? fields[at] : "";
            if (taxonomy.Find(Field("category")) == null)
                throw new TaxonomyException(file, line, $"`{Field("category")}` is not a category of the taxonomy. Known: {string.Join(", ", taxonomy.Categories.Select(c => c.Id))}.");
            if (string.IsNullOrWhiteSpace(Field("body")) && string.IsNullOrWhiteSpace(Field("subject")))
                throw new TaxonomyException(file, line, "subject and body are both empty. Fill one or remove the row.");
            _ = int.TryParse(Field("priority"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority);
            items.Add(new TrainingExample(Field("category"), Field("language"), priority, Field("subject"), Field("body")));
        }
    }
}
