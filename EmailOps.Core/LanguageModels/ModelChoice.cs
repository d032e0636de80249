using System.Globalization;

namespace EmailOps.Core.LanguageModels;

/// <summary>Which of the installed models is asked where none is named.</summary>
internal static class ModelChoice
{
    /// <summary>Billions of parameters that a machine without a large GPU answers with in useful time.</summary>
    private const double Comfortable = 9;
    private static readonly string[] EmbeddingFamilies = ["bert", "nomic-bert", "xlm-roberta", "gemma-embedding"];
    private static readonly string[] EmbeddingNames = ["embed", "bge-", "minilm", "e5-", "gte-", "arctic"];
    /// <summary>Made for something else than mail.</summary>
    private static readonly string[] Special = ["code", "math", "vision", "llava", "guard", "sql", "reader", "ocr", "translate"];

    /// <summary>A name as it was configured, among the installed ones: without a tag it means <c>:latest</c>, as in Ollama.</summary>
    public static InstalledModel? Named(IEnumerable<InstalledModel> models, string name)
    {
        var full = name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + ":latest";
        return models.FirstOrDefault(m => m.Name.Equals(full, StringComparison.OrdinalIgnoreCase) || m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    public static bool CanChat(InstalledModel model) => model.Capabilities?.Contains("completion") ?? !LooksLikeEmbedding(model);

    public static bool CanEmbed(InstalledModel model) => model.Capabilities?.Contains("embedding") ?? LooksLikeEmbedding(model);

    /// <summary>The largest that is comfortable, else the smallest; never one that runs elsewhere: that needs somebody's yes.</summary>
    public static InstalledModel? ForChat(IEnumerable<InstalledModel> models) => models.Where(m => CanChat(m) && !m.IsElsewhere)
        .OrderBy(m => Special.Any(s => m.Name.Contains(s, StringComparison.OrdinalIgnoreCase)))
        .ThenBy(m => (m.Parameters ?? Comfortable) > Comfortable)
        .ThenBy(m => m.Parameters is not { } size ? 0 : size > Comfortable ? size : -size)
        .ThenByDescending(m => m.ModifiedAt)
        .ThenBy(m => m.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Always the same one for the same set: another model means another index.</summary>
    public static InstalledModel? ForEmbeddings(IEnumerable<InstalledModel> models) => models.Where(m => CanEmbed(m) && !m.IsElsewhere)
        .OrderBy(CanChat).ThenByDescending(m => m.Bytes).ThenBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault();

    /// <param name="text">3.2B, 137M, 8x7B.</param>
    /// <returns>Billions.</returns>
    public static double? Billions(string? text)
    {
        if (text is not { Length: > 1 and < 20 }) return null;
        var unit = char.ToUpperInvariant(text[^1]) switch { 'B' => 1.0, 'M' => 0.001, 'K' => 0.000001, 'T' => 1000.0, _ => 0.0 };
        if (unit == 0) return null;
        var product = unit;
        foreach (var part in text[..^1].Split('x', 'X'))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            product *= number;
        }
        return product;
    }

    private static bool LooksLikeEmbedding(InstalledModel model)
        => EmbeddingFamilies.Contains(model.Family, StringComparer.OrdinalIgnoreCase) || EmbeddingNames.Any(n => model.Name.Contains(n, StringComparison.OrdinalIgnoreCase));
}
