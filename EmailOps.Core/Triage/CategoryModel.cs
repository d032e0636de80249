using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage;

/// <summary>The category model of a taxonomy: trained from examples once, then read from the cache folder.</summary>
internal static class CategoryModel
{
    /// <summary>Raised when features or training change, so that cached models of an older program are not used.</summary>
    private const string Method = "text-model-1";

    /// <param name="cacheFolder">Null keeps nothing on disk.</param>
    public static TextModel Load(Taxonomy taxonomy, TrainingExamples examples, CueMatcher cues, string? cacheFolder, TimeProvider clock)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Method}|{taxonomy.Hash}|{examples.Hash}")))[..16];
        var path = cacheFolder == null ? null : Path.Combine(cacheFolder, $"category-{version}.model");
        if (path != null && File.Exists(path))
        {
            try
            {
                var parts = TextModelFile.Load(path);
                if (parts.Version == version)
                    return new TextModel(parts);
            }
            catch (InvalidDataException)
            {
                // Damaged by a full disk or a kill: training again replaces it.
                File.Delete(path);
            }
        }
        var model = TextModelTrainer.Train([.. taxonomy.Categories.Select(c => c.Id)], Texts(taxonomy, examples, cues), CategorySwitches.Count(taxonomy), version, clock);
        if (path != null)
            TextModelFile.Save(model.Parts, path);
        return model;
    }

    internal static List<TrainingText> Texts(Taxonomy taxonomy, TrainingExamples examples, CueMatcher cues)
    {
        var tokens = new TextTokens();
        List<PhraseHit> scratch = [];
        List<CueHit> hits = [];
        List<TrainingText> texts = [];
        foreach (var example in examples.Items)
        {
            tokens.Read(example.Text);
            hits.Clear();
            var language = example.Language.Length > 0 ? example.Language : LanguageIdentifier.Identify(tokens).Language;
            cues.Match(tokens.Tokens, language, Languages.Undetermined, scratch, hits);
            var label = 0;
            while (taxonomy.Categories[label].Id != example.Category)
                label++;
            texts.Add(new TrainingText(example.Text, label, CategorySwitches.Of(hits)));
        }
        return texts;
    }
}
