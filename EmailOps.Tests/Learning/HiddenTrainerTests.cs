using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

/// <summary>Several learners of a hidden layer count as one layer with the mean of their margins.</summary>
public class HiddenTrainerTests
{
    private const int Features = 40, Labels = 5, Seed = 17;
    private static readonly (int[] Labels, int[][] Rows, float[][] Values, float[] Weights) s_texts = Texts();

    [Fact]
    public void The_layer_of_several_learners_gives_the_mean_of_their_margins()
    {
        var apart = Enumerable.Range(0, 3).Select(i => Fit(new() { HiddenUnits = 16, HiddenLearners = 1, Seed = Seed + i })).ToArray();
        var together = Fit(new() { HiddenUnits = 16, HiddenLearners = 3, Seed = Seed });
        Assert.Equal(48, together.Layer.Units);
        for (var text = 0; text < 20; text++)
        {
            var (all, mean) = (Margins(together, text), new float[Labels]);
            foreach (var learner in apart)
                for (var label = 0; label < Labels; label++)
                    mean[label] += Margins(learner, text)[label] / apart.Length;
            for (var label = 0; label < Labels; label++)
                Assert.Equal(mean[label], all[label], 3);
        }
        Assert.NotEqual(apart[0].Rows, apart[1].Rows);
    }

    [Fact]
    public void Learners_side_by_side_give_the_same_layer_every_time()
    {
        var settings = new TrainingSettings { HiddenUnits = 16, HiddenLearners = 4 };
        var (first, second) = (Fit(settings), Fit(settings));
        Assert.Equal(first.Rows, second.Rows);
        Assert.Equal(first.Layer.Outputs, second.Layer.Outputs);
        Assert.Equal(first.Layer.OutputBias, second.Layer.OutputBias);
    }

    [Fact]
    public void Units_that_are_not_whole_vectors_are_refused()
        => Assert.Contains("12 units", Assert.Throws<ArgumentException>(() => Fit(new() { HiddenUnits = 12 })).Message, StringComparison.Ordinal);

    private static (HiddenLayer Layer, float[] Rows) Fit(TrainingSettings settings) => HiddenTrainer.Fit(Features, Labels, s_texts.Labels, s_texts.Rows, s_texts.Values, s_texts.Weights, settings);

    private static float[] Margins((HiddenLayer Layer, float[] Rows) model, int text)
    {
        var units = model.Layer.Bias.ToArray();
        for (var i = 0; i < s_texts.Rows[text].Length; i++)
            for (var unit = 0; unit < units.Length; unit++)
                units[unit] += s_texts.Values[text][i] * model.Rows[s_texts.Rows[text][i] * units.Length + unit];
        var margins = new float[TextModelParts.StrideOf(Labels)];
        model.Layer.AddTo(units, margins);
        return margins[..Labels];
    }

    /// <summary>Six features a text, of which two say the label.</summary>
    private static (int[], int[][], float[][], float[]) Texts()
    {
        var random = new Random(4);
        int[] labels = [.. Enumerable.Range(0, 300).Select(i => i % Labels)];
        return (labels, [.. labels.Select(l => new[] { l, Labels + l, 10 + random.Next(8), 18 + random.Next(8), 26 + random.Next(7), 33 + random.Next(7) })],
            [.. labels.Select(_ => Enumerable.Repeat(0.4f, 6).ToArray())], [.. labels.Select(_ => 1f)]);
    }
}
