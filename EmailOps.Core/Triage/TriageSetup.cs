using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Agents;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage;

/// <summary>Where the files of a team are.</summary>
/// <param name="Taxonomy">A taxonomy file.</param>
/// <param name="Training">CSV files, or folders of them.</param>
/// <param name="CacheFolder">Trained models are kept here; null trains at every start.</param>
/// <param name="Knowledge">Folder of articles; the category model also learns the words of each category from them. Null when there is none.</param>
internal sealed record TriagePaths(string Taxonomy, IReadOnlyList<string> Training, string? CacheFolder, string? Knowledge = null)
{
    /// <summary>The layout of the <c>samples</c> folder.</summary>
    public static TriagePaths Samples(string folder, string? cacheFolder)
        => new(Path.Combine(folder, "taxonomy.yaml"), [Path.Combine(folder, "training")], cacheFolder, Path.Combine(folder, "knowledge"));
}

/// <summary>
/// Everything triage needs that is expensive to make, made once: taxonomy, cue matchers, trained model. <c>Pipeline</c> is cheap
/// and called again whenever articles change.
/// </summary>
internal sealed class TriageSetup
{
    private readonly TimeProvider _clock;
    private readonly CueMatcher _categoryCues;

    private TriageSetup(Taxonomy taxonomy, TrainingExamples examples, CueMatcher categoryCues, TextModel model, TimeProvider clock)
    {
        (Taxonomy, Examples, _categoryCues, Model, _clock) = (taxonomy, examples, categoryCues, model, clock);
    }

    public Taxonomy Taxonomy { get; }
    public TrainingExamples Examples { get; }
    public TextModel Model { get; }

    /// <exception cref="TaxonomyException">A file cannot be used; the message says which, where and what to change.</exception>
    public static TriageSetup Load(TriagePaths paths, TimeProvider clock)
    {
        var taxonomy = TaxonomyFile.Load(paths.Taxonomy);
        var examples = TrainingExamples.Load([.. paths.Training.SelectMany(Files)], taxonomy);
        var cues = new CueMatcher([.. taxonomy.Categories.Select(c => c.Cues)]);
        return new TriageSetup(taxonomy, examples, cues, CategoryModel.Load(taxonomy, examples, Passages(paths.Knowledge), cues, paths.CacheFolder, clock), clock);
    }

    public TriagePipeline Pipeline(IReadOnlyList<KnowledgeArticle> articles) => Pipeline(new KnowledgeIndex(articles));

    public TriagePipeline Pipeline(KnowledgeIndex knowledge) => new(
    [
        new AutomatedAgent(),
        new LanguageAgent(),
        new EntityAgent(),
        new InjectionAgent(Model),
        new PhishingAgent(OwnDomains.Of(knowledge.Articles)),
        new CategoryAgent(Taxonomy, _categoryCues, Model),
        new PriorityAgent(Taxonomy),
        new SummaryAgent(Taxonomy),
        new KnowledgeAgent(Taxonomy, knowledge),
        new DraftAgent(Taxonomy),
        new ConfidenceAgent(),
    ], $"{Model.Version}-t{Taxonomy.Version}", _clock);

    private static List<Passage> Passages(string? folder)
        => folder != null && Directory.Exists(folder) ? [.. KnowledgeFolder.Load(folder).SelectMany(Knowledge.Passages.Of)] : [];

    private static IEnumerable<string> Files(string path)
        => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.csv").Order(StringComparer.Ordinal) : [path];
}
