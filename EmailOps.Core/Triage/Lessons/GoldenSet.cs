using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lessons;

/// <summary>A text whose category a person gave or confirmed.</summary>
/// <param name="LessonId">The lesson it comes from; 0 for one of the team's own examples.</param>
internal sealed record GoldenRow(long LessonId, long MessageId, TrainingText Text, bool IsNew);

/// <summary>
/// What a new version must not spoil: every text whose category people gave or confirmed, and a sample of the team's own examples, which stops a
/// single wrong correction from bending a whole category.
/// </summary>
internal static class GoldenSet
{
    /// <summary>Of each category of the team's examples.</summary>
    public const int ReferencePerCategory = 20;

    /// <summary>The lessons that count: of lessons about the same text the latest category wins, and what was said before is forgotten.</summary>
    /// <param name="lessons">Not undone, oldest first.</param>
    public static List<Lesson> InForce(IReadOnlyList<Lesson> lessons)
    {
        var latest = new Dictionary<(LessonKind, string), long>();
        foreach (var lesson in lessons) latest[KeyOf(lesson)] = lesson.Id;
        return [.. lessons.Where(l => latest[KeyOf(l)] == l.Id)];
    }

    /// <summary>What a person said of a category outlives what using a draft of another one seemed to confirm.</summary>
    public static List<Lesson> Categories(IReadOnlyList<Lesson> inForce)
    {
        var teaching = inForce.Where(l => l.TeachesCategory).ToList();
        var said = teaching.Where(l => l.Kind == LessonKind.Category).ToDictionary(l => Digest(l.Text), l => l.Id);
        var last = teaching.Where(l => l.Kind != LessonKind.Category).GroupBy(l => Digest(l.Text)).ToDictionary(g => g.Key, g => g.Max(l => l.Id));
        return [.. teaching.Where(l => Digest(l.Text) is var d && (said.TryGetValue(d, out var id) ? l.Id == id : l.Id == last[d]))];
    }

    private static (LessonKind, string) KeyOf(Lesson lesson)
        => (lesson.Kind is LessonKind.Edited or LessonKind.Rejected ? LessonKind.Approved : lesson.Kind, Digest(lesson.Text));

    /// <summary>White space and case tell no two texts apart.</summary>
    public static string Digest(string text)
        => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))));

    public static JudgedRow[] Judge(TextModel model, IReadOnlyList<GoldenRow> rows)
    {
        var probabilities = new float[model.Labels.Count];
        var tokens = new TextTokens();
        var judged = new JudgedRow[rows.Count];
        for (var i = 0; i < judged.Length; i++)
        {
            tokens.Read(rows[i].Text.Text);
            model.Predict(tokens, rows[i].Text.Switches, probabilities);
            var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(probabilities);
            judged[i] = new JudgedRow(model.Labels[rows[i].Text.Label], model.Labels[best], probabilities[best]);
        }
        return judged;
    }
}

/// <summary>Whether a new version may take over, and why.</summary>
/// <param name="Before">What is in force on the golden set; people's rows only.</param>
/// <param name="Changes">Rows that are judged otherwise than before, those that became wrong first.</param>
internal sealed record Verdict(bool IsAdopted, string Reason, ScoreView Before, ScoreView After, IReadOnlyList<ModelChange> Changes)
{
    private const int MostChanges = 50;
    /// <summary>Of the team's own examples so many may turn, in all: training on other texts moves a few that stand on the edge.</summary>
    private const double ReferenceTolerance = 0.005;

    public static Verdict Of(IReadOnlyList<GoldenRow> rows, JudgedRow[] before, JudgedRow[] after)
    {
        // What is being taught says nothing: the new version knows it by heart.
        int Right(JudgedRow[] judged, Func<GoldenRow, bool> of) => rows.Where((r, i) => of(r) && judged[i].IsRight).Count();
        bool IsOld(GoldenRow row) => row.LessonId != 0 && !row.IsNew;
        bool IsReference(GoldenRow row) => row.LessonId == 0;
        var (oldBefore, oldAfter) = (Right(before, IsOld), Right(after, IsOld));
        var (referenceBefore, referenceAfter, references) = (Right(before, IsReference), Right(after, IsReference), rows.Count(IsReference));
        var (newBefore, newAfter, taught) = (Right(before, r => r.IsNew), Right(after, r => r.IsNew), rows.Count(r => r.IsNew));
        var allowed = Math.Max(1, (int)(references * ReferenceTolerance));
        var (adopted, reason) =
            oldAfter < oldBefore ? (false, $"It would get {oldBefore - oldAfter} more of the {rows.Count(IsOld)} texts wrong that people decided before.")
            : referenceAfter < referenceBefore - allowed ? (false, $"It would get {referenceBefore - referenceAfter} more of {references} of the team's own examples wrong ({allowed} may turn).")
            : newAfter < newBefore ? (false, $"It would get {newBefore - newAfter} of the {taught} texts wrong that it was taught.")
            : (true, $"Right on {oldAfter} of {rows.Count(IsOld)} texts decided before (was {oldBefore}), on {newAfter} of {taught} just taught (was {newBefore}), on {referenceAfter} of {references} examples (was {referenceBefore}).");
        List<ModelChange> changes = [];
        for (var i = 0; i < rows.Count; i++)
            if (rows[i].LessonId != 0 && before[i].Said != after[i].Said) changes.Add(new ModelChange(rows[i].MessageId, before[i].Truth, before[i].Said, after[i].Said));
        JudgedRow[] Golden(JudgedRow[] judged) => [.. judged.Where((_, i) => rows[i].LessonId != 0)];
        return new Verdict(adopted, reason, Scores.Of(Golden(before)), Scores.Of(Golden(after)), [.. changes.OrderBy(c => c.After == c.Truth).Take(MostChanges)]);
    }
}
