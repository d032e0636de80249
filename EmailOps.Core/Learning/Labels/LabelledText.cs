namespace EmailOps.Core.Learning.Labels;

/// <summary>A text that may have any number of labels.</summary>
/// <param name="Facts">What the caller knows beside the words, one string a fact ("from-domain=example.com"); equal strings are equal facts.</param>
/// <param name="Labels">Indexes of labels; empty when none holds.</param>
/// <param name="Unknown">Indexes of labels of which nobody knows whether they hold; null: of none.</param>
internal readonly record struct LabelledText(string Text, IReadOnlyList<string> Facts, IReadOnlyList<int> Labels, IReadOnlyList<int>? Unknown = null);

/// <summary>A label with its calibrated probability, 0-1.</summary>
internal readonly record struct LabelScore(string Label, float Probability);

/// <summary>How a multi-label model is trained.</summary>
internal sealed record LabelSettings
{
    /// <summary>Two to this power buckets for what is in the text.</summary>
    public int Bits { get; init; } = 18;
    public int Epochs { get; init; } = 12;
    /// <summary>What a text on the wrong side of its margin costs against large weights (C of the literature).</summary>
    public float Cost { get; init; } = 1f;
    /// <summary>Length of the facts' part of a text, where the words' part has 1.</summary>
    public float FactWeight { get; init; } = 1f;
    /// <summary>Words and facts are learned apart and their margins added. For facts that tell much by themselves, such as a mail's fields.</summary>
    public bool Apart { get; init; }
    /// <summary>Facts seen in fewer texts are left out.</summary>
    public int LeastFacts { get; init; } = 1;
    /// <summary>Parts of the training texts; each is predicted by a model of the others, for calibration and thresholds.</summary>
    public int Folds { get; init; } = 4;
    public int Seed { get; init; } = 17;
}

/// <summary>What was measured on texts while they were held out. All but the counts are 0-1.</summary>
/// <param name="ExactSets">Texts whose labels were all found and no other.</param>
internal sealed record LabelFigures(int Examples, double MicroF1, double MacroF1, double ExactSets, double Seconds);
