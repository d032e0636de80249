using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning.Labels;

/// <summary>Everything of a multi-label model that is saved.</summary>
/// <param name="Threshold">Labels of at least this probability are given.</param>
internal sealed record LabelParts(string[] Labels, string Version, LabelFeatures Features, LabelMargins Margins, LabelCalibration Calibration, float Threshold, LabelFigures Figures);

/// <summary>
/// Any labels a team adds, none of which excludes another: a calibrated probability for each, and the ones likely enough to be given. Immutable and thread-safe.
/// </summary>
internal sealed class LabelModel(LabelParts parts)
{
    private readonly ConcurrentBag<LabelScratch> _scratches = [];

    public LabelParts Parts { get; } = parts;
    public IReadOnlyList<string> Labels => Parts.Labels;

    /// <summary>Calibrated probabilities in the order of <see cref="Labels"/>; each stands for itself, they do not add up to 1.</summary>
    public void Probabilities(string text, IReadOnlyList<string> facts, Span<float> result)
    {
        if (!_scratches.TryTake(out var scratch))
            scratch = new LabelScratch();
        Parts.Features.Read(text, facts, scratch);
        Finish(scratch, result);
    }

    /// <summary>The same for a text that has been read already.</summary>
    public void Probabilities(TextTokens text, IReadOnlyList<string> facts, Span<float> result)
    {
        if (!_scratches.TryTake(out var scratch))
            scratch = new LabelScratch();
        Parts.Features.Read(text, facts, scratch);
        Finish(scratch, result);
    }

    private void Finish(LabelScratch scratch, Span<float> result)
    {
        var margins = scratch.Margins(Parts.Margins.Stride);
        Parts.Margins.Score(CollectionsMarshal.AsSpan(scratch.Rows), CollectionsMarshal.AsSpan(scratch.Values), margins);
        for (var label = 0; label < Labels.Count; label++)
            result[label] = Parts.Calibration.Probability(label, margins[label]);
        _scratches.Add(scratch);
    }

    /// <summary>The labels a text is given, most probable first; empty when none is likely enough.</summary>
    public List<LabelScore> Predict(string text, params IReadOnlyList<string> facts)
    {
        var probabilities = new float[Labels.Count];
        Probabilities(text, facts, probabilities);
        List<LabelScore> found = [];
        for (var label = 0; label < probabilities.Length; label++)
            if (probabilities[label] >= Parts.Threshold)
                found.Add(new LabelScore(Labels[label], probabilities[label]));
        found.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        return found;
    }
}
