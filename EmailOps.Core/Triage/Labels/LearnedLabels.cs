using EmailOps.Core.Contracts;
using EmailOps.Core.Learning.Labels;

namespace EmailOps.Core.Triage.Labels;

/// <summary>What a version of a label model knows beside its weights. Stored with the version.</summary>
/// <param name="Labels">Their ids, in the order of the model; empty: it proposes nothing.</param>
/// <param name="Threshold">Labels of at least this probability are proposed.</param>
internal sealed record LabelCard(IReadOnlyList<long> Labels, double Threshold, LabelScoreView Score)
{
    public static LabelCard None { get; } = new([], 1, new LabelScoreView(0, 0, 0, 1, []));
}

/// <summary>The label model of one mailbox. Immutable and thread-safe.</summary>
/// <param name="Number">Of its version.</param>
/// <param name="Model">Null: it proposes nothing.</param>
internal sealed record LearnedLabels(int Number, LabelModel? Model, LabelCard Card)
{
    public static LearnedLabels None { get; } = new(0, null, LabelCard.None);

    /// <summary>The labels a text is given, as indexes of <paramref name="labels"/>.</summary>
    public HashSet<int> Give(in LabelledText text, IReadOnlyList<long> labels)
    {
        HashSet<int> given = [];
        if (Model is null) return given;
        var probabilities = new float[Model.Labels.Count];
        Model.Probabilities(text.Text, text.Facts, probabilities);
        for (var i = 0; i < probabilities.Length; i++)
            if (probabilities[i] >= Card.Threshold && labels.IndexOf(Card.Labels[i]) is >= 0 and var at) given.Add(at);
        return given;
    }
}

internal static class ReadOnlyLists
{
    public static int IndexOf<T>(this IReadOnlyList<T> list, T value) where T : IEquatable<T>
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i].Equals(value)) return i;
        return -1;
    }
}
