using System.Numerics.Tensors;
using EmailOps.Core.Knowledge.Meaning;

namespace EmailOps.Core.Analytics;

/// <summary>Texts that are about the same, by the places of their first members in the list.</summary>
/// <param name="Members">The most typical first.</param>
internal sealed record TopicCluster(IReadOnlyList<int> Members);

/// <summary>
/// Puts texts together that are about the same: each joins the nearest group that is near enough, else begins one; then all are dealt out once more to the groups as they have become.
/// Vectors are the built-in ones, so that it takes milliseconds and no model. Time grows with texts times groups, both bounded by who asks and <see cref="MostClusters"/>.
/// </summary>
internal static class TopicClusters
{
    public const int MostClusters = 500;
    /// <summary>Cosine from which two texts are about the same; measured on questions of the sample mailbox, where others reach 0.4.</summary>
    private const float Near = 0.55f;

    /// <returns>Groups of at least so many, the largest first.</returns>
    public static List<TopicCluster> Group(IReadOnlyList<string> texts, int least)
    {
        var vectors = texts.Select(HashedEmbeddings.Of).ToArray();
        List<float[]> centres = [];
        foreach (var vector in vectors)
        {
            var (at, likeness) = Nearest(centres, vector);
            if (at >= 0 && likeness >= Near) TensorPrimitives.Add(centres[at], vector, centres[at]);
            else if (centres.Count < MostClusters && TensorPrimitives.SumOfMagnitudes<float>(vector) > 0) centres.Add([.. vector]);
        }
        var members = centres.Select(_ => new List<(int Index, float Likeness)>()).ToArray();
        for (var i = 0; i < vectors.Length; i++)
        {
            var (at, likeness) = Nearest(centres, vectors[i]);
            if (at >= 0 && likeness >= Near) members[at].Add((i, likeness));
        }
        return [.. members.Where(m => m.Count >= least).OrderByDescending(m => m.Count).Select(m => new TopicCluster([.. m.OrderByDescending(x => x.Likeness).ThenBy(x => x.Index).Select(x => x.Index)]))];
    }

    private static (int At, float Likeness) Nearest(List<float[]> centres, float[] vector)
    {
        var (at, best) = (-1, 0f);
        for (var i = 0; i < centres.Count; i++)
            if (TensorPrimitives.CosineSimilarity<float>(centres[i], vector) is var likeness && likeness > best) (at, best) = (i, likeness);
        return (at, best);
    }
}
