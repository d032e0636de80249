using EmailOps.Core.Drafts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Agents;
using EmailOps.Core.Triage.Labels;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Triage.Lexicons;
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
    private readonly List<Passage> _passages;

    private TriageSetup(Taxonomy taxonomy, TrainingExamples examples, List<Passage> passages, CueMatcher categoryCues, TextModel model, TimeProvider clock)
    {
        (Taxonomy, Examples, _passages, _categoryCues, Model, _clock) = (taxonomy, examples, passages, categoryCues, model, clock);
        Lessons = new LessonTexts(taxonomy, examples, categoryCues);
        Base = new LearnedModel(0, model, LearnedFacts.None);
        Orders = OrderJudge.BuiltIn(Ordinary);
    }

    public Taxonomy Taxonomy { get; }
    public TrainingExamples Examples { get; }
    public TextModel Model { get; }
    /// <summary>What all mailboxes begin with.</summary>
    public LearnedModel Base { get; }
    public LessonTexts Lessons { get; }
    /// <summary>Tells orders to a model from what people write.</summary>
    public OrderJudge Orders { get; }

    /// <exception cref="TaxonomyException">A file cannot be used; the message says which, where and what to change.</exception>
    public static TriageSetup Load(TriagePaths paths, TimeProvider clock)
    {
        var taxonomy = TaxonomyFile.Load(paths.Taxonomy);
        var examples = TrainingExamples.Load([.. paths.Training.SelectMany(Files)], taxonomy);
        var cues = new CueMatcher([.. taxonomy.Categories.Select(c => c.Cues)]);
        var passages = Passages(paths.Knowledge);
        return new TriageSetup(taxonomy, examples, passages, cues, CategoryModel.Load(taxonomy, examples, passages, cues, paths.CacheFolder, clock), clock);
    }

    public TriagePipeline Pipeline(IReadOnlyList<KnowledgeArticle> articles) => Pipeline(new KnowledgeIndex(articles));

    /// <summary>Trained anew from the examples and everything people taught.</summary>
    public TextModel Train(IEnumerable<Lesson> lessons, string version) => CategoryModel.Train(Taxonomy, Examples, _passages, _categoryCues, Lessons.Of(lessons), version, _clock);

    /// <param name="learned">Of the mailbox whose mail is judged; null: the base model.</param>
    /// <param name="labels">Of the same mailbox; null: nobody labels there.</param>
    /// <param name="reply">How its replies begin and end; null: as the taxonomy says.</param>
    public TriagePipeline Pipeline(KnowledgeIndex knowledge, LearnedModel? learned = null, LearnedLabels? labels = null, ReplyTemplates? reply = null)
    {
        reply ??= Taxonomy.Reply;
        var (_, categories, facts) = learned ?? Base;
        return new(
        [
            new AutomatedAgent(),
            new LanguageAgent(),
            new EntityAgent(),
            new InjectionAgent(Model, Orders),
            new PhishingAgent(OwnDomains.Of(knowledge.Articles)),
            new UnsolicitedAgent(),
            new CategoryAgent(Taxonomy, _categoryCues, categories),
            new PriorityAgent(Taxonomy, facts.Priorities),
            .. labels is null ? (IAgent[])[] : [new LabelAgent(labels)],
            new SummaryAgent(Taxonomy),
            new KnowledgeAgent(Taxonomy, knowledge),
            new DraftAgent(reply),
            new GroundingAgent(reply),
            new ConfidenceAgent(facts.Answers),
        ], $"{categories.Version}-t{Taxonomy.Version}{(labels is null ? "" : $"-l{labels.Number}")}", _clock);
    }

    /// <summary>What ordinary mail and articles of the team say.</summary>
    public IEnumerable<string> Ordinary => Examples.Items.Where(e => Taxonomy.Find(e.Category)?.Autonomy != Autonomy.Quarantine).Select(e => e.Text).Concat(_passages.Select(p => p.Text));

    private static List<Passage> Passages(string? folder)
        => folder != null && Directory.Exists(folder) ? [.. KnowledgeFolder.Read(folder).Articles.SelectMany(Knowledge.Passages.Of)] : [];

    private static IEnumerable<string> Files(string path)
        => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.csv").Order(StringComparer.Ordinal) : [path];
}
