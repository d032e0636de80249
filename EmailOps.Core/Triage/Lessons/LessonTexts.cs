using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Lessons;

/// <summary>Makes lessons into what a text model learns from and is measured on.</summary>
internal sealed class LessonTexts(Taxonomy taxonomy, TrainingExamples examples, CueMatcher cues)
{
    private readonly Lazy<List<GoldenRow>> _reference = new(() => [.. examples.Items.GroupBy(e => e.Category)
        .SelectMany(g => CategoryModel.Texts(taxonomy, Spread([.. g]), cues)).Select(t => new GoldenRow(0, 0, t, false))]);

    /// <summary>A sample of the team's own examples.</summary>
    public IReadOnlyList<GoldenRow> Reference => _reference.Value;

    /// <summary>Texts to teach; lessons of categories that the taxonomy no longer has are left out.</summary>
    public List<TrainingText> Of(IEnumerable<Lesson> lessons) => [.. Rows(lessons, new HashSet<long>()).Select(r => r.Text with { Weight = TrainingText.Corrected })];

    /// <param name="isNew">Lessons that are being taught in this step.</param>
    public List<GoldenRow> Rows(IEnumerable<Lesson> lessons, IReadOnlySet<long> isNew)
    {
        var known = lessons.Where(l => l.TeachesCategory && taxonomy.Find(l.Category) != null).ToList();
        var texts = CategoryModel.Texts(taxonomy, [.. known.Select(l => new TrainingExample(l.Category, "", 0, "", l.Text))], cues);
        return [.. known.Select((l, i) => new GoldenRow(l.Id, l.MessageId, texts[i], isNew.Contains(l.Id)))];
    }

    /// <summary>Some of each category, spread over the file: neighbours are often alike.</summary>
    private static List<TrainingExample> Spread(List<TrainingExample> all)
        => all.Count <= GoldenSet.ReferencePerCategory ? all : [.. Enumerable.Range(0, GoldenSet.ReferencePerCategory).Select(i => all[(int)((long)i * all.Count / GoldenSet.ReferencePerCategory)])];
}
