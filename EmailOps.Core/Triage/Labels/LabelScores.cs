using EmailOps.Core.Contracts;
using EmailOps.Core.Learning.Labels;

namespace EmailOps.Core.Triage.Labels;

/// <summary>How well labels are recognised, in figures people know.</summary>
internal static class LabelScores
{
    private const int Bins = 15;

    /// <param name="heldOut">The probability of each label for each text, from a model that had not learned the text.</param>
    public static LabelScoreView Of(IReadOnlyList<TeamLabel> labels, IReadOnlyList<LabelledText> texts, float[][] heldOut, double threshold)
    {
        var (right, given, with, without) = (new int[labels.Count], new int[labels.Count], new int[labels.Count], new int[labels.Count]);
        var (count, sum, true_) = (new int[Bins], new double[Bins], new int[Bins]);
        for (var i = 0; i < texts.Count; i++)
            for (var k = 0; k < labels.Count; k++)
            {
                if (texts[i].Unknown?.Contains(k) == true) continue;
                var (has, gives) = (texts[i].Labels.Contains(k), heldOut[i][k] >= threshold);
                with[k] += has ? 1 : 0;
                without[k] += has ? 0 : 1;
                given[k] += gives ? 1 : 0;
                right[k] += has && gives ? 1 : 0;
                var bin = Math.Min(Bins - 1, (int)(heldOut[i][k] * Bins));
                count[bin]++;
                sum[bin] += heldOut[i][k];
                true_[bin] += has ? 1 : 0;
            }
        var error = Enumerable.Range(0, Bins).Sum(b => Math.Abs(sum[b] - true_[b])) / Math.Max(1, count.Sum());
        return new LabelScoreView(texts.Count, F1(right.Sum(), given.Sum(), with.Sum()), error, threshold,
            [.. labels.Select((l, k) => new LabelScoreRow(l.Id, l.Name, with[k], without[k], (double)right[k] / Math.Max(1, given[k]), (double)right[k] / Math.Max(1, with[k]), F1(right[k], given[k], with[k])))]);
    }

    private static double F1(int right, int given, int actual) => 2.0 * right / Math.Max(1, given + actual);
}

/// <summary>Whether a new version may take over, and why.</summary>
/// <param name="Before">What is in force, on the labels that people set or left off.</param>
internal sealed record LabelVerdict(bool IsAdopted, string Reason, ScoreView Before, ScoreView After, IReadOnlyList<ModelChange> Changes)
{
    private const int MostChanges = 50;
    /// <summary>Of what people said before so much may turn, if as much is gained: the model is made anew each time, which moves a few that stand on the edge.</summary>
    private const double Tolerance = 0.005;

    private sealed class Tally(int labels)
    {
        public int Rows { get; private set; }
        public int Right { get; private set; }
        private readonly int[] _right = new int[labels], _given = new int[labels], _with = new int[labels];

        public void Add(int label, bool has, bool gives)
        {
            Rows++;
            Right += has == gives ? 1 : 0;
            _right[label] += has && gives ? 1 : 0;
            _given[label] += gives ? 1 : 0;
            _with[label] += has ? 1 : 0;
        }

        public ScoreView View() => new(Rows, Right, (double)Right / Math.Max(1, Rows),
            _with.Length == 0 ? 0 : Enumerable.Range(0, _with.Length).Average(k => 2.0 * _right[k] / Math.Max(1, _given[k] + _with[k])), 0, [], []);
    }

    /// <param name="labels">Of the new version.</param>
    /// <param name="examples">What people said, one a text of <paramref name="texts"/>.</param>
    public static LabelVerdict Of(IReadOnlyList<TeamLabel> labels, IReadOnlyList<LabelExample> examples, IReadOnlyList<LabelledText> texts, LearnedLabels before, LearnedLabels after)
    {
        IReadOnlyList<long> ids = [.. labels.Select(l => l.Id)];
        // A label that the version in force does not know cannot get worse: only those that both know are compared.
        HashSet<int> known = [.. Enumerable.Range(0, ids.Count).Where(k => before.Card.Labels.Contains(ids[k]))];
        var (allBefore, allAfter) = (new Tally(ids.Count), new Tally(ids.Count));
        int old = 0, oldBefore = 0, oldAfter = 0, taught = 0, newBefore = 0, newAfter = 0;
        List<(ModelChange Change, bool IsRight)> changes = [];
        for (var i = 0; i < texts.Count; i++)
        {
            var (was, now) = (before.Give(texts[i], ids), after.Give(texts[i], ids));
            for (var k = 0; k < ids.Count; k++)
            {
                if (examples[i].Unknown.Contains(k)) continue;
                var has = examples[i].Has.Contains(k);
                allBefore.Add(k, has, was.Contains(k));
                allAfter.Add(k, has, now.Contains(k));
                var (rightBefore, rightAfter) = (was.Contains(k) == has ? 1 : 0, now.Contains(k) == has ? 1 : 0);
                if (examples[i].IsNew) (taught, newBefore, newAfter) = (taught + 1, newBefore + rightBefore, newAfter + rightAfter);
                else if (known.Contains(k)) (old, oldBefore, oldAfter) = (old + 1, oldBefore + rightBefore, oldAfter + rightAfter);
            }
            if (!was.SetEquals(now)) changes.Add((new ModelChange(examples[i].MessageId, Names(examples[i].Has), Names(was), Names(now)), now.SetEquals(examples[i].Has)));
        }
        var allowed = (int)(old * Tolerance);
        var (adopted, reason) =
            oldAfter < oldBefore - allowed || oldAfter + newAfter < oldBefore + newBefore ? (false, $"It would get {oldBefore - oldAfter} more of {old} labels wrong that people set or left off before{(allowed > 0 ? $" ({allowed} may turn for as many gained)" : "")}.")
            : newAfter < newBefore ? (false, $"It would get {newBefore - newAfter} more of the {taught} labels wrong that it was taught.")
            : (true, $"Right on {oldAfter} of {old} labels set or left off before (was {oldBefore}), on {newAfter} of {taught} just taught (was {newBefore}).");
        return new LabelVerdict(adopted, reason, allBefore.View(), allAfter.View(), [.. changes.OrderBy(c => c.IsRight).Select(c => c.Change).Take(MostChanges)]);

        string Names(IEnumerable<int> of) => string.Join(", ", of.Order().Select(k => labels[k].Name)) is { Length: > 0 } names ? names : "none";
    }
}
