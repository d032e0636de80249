using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public class HonestProbabilityTests
{
    [Fact]
    public void Beta_calibration_makes_a_bent_probability_true()
    {
        var random = new Random(5);
        // Right with probability p squared: a bend that no temperature can undo.
        var said = Enumerable.Range(0, 4000).Select(_ => 0.3f + 0.69f * random.NextSingle()).ToArray();
        var right = said.Select(p => random.NextSingle() < p * p).ToArray();
        var fitted = BetaCalibration.Fit(said, right);
        foreach (var p in new[] { 0.4f, 0.6f, 0.8f, 0.95f })
        {
            // Enough labels that the corrected probability is still the largest.
            float[] probabilities = [p, .. Enumerable.Repeat((1 - p) / 20, 20)];
            fitted.Apply(probabilities);
            Assert.Equal(p * p, probabilities[0], 0.05);
            Assert.Equal(1, probabilities.Sum(), 1e-4);
        }
    }

    [Fact]
    public void The_best_label_stays_the_best_and_more_stays_more()
    {
        var harsh = new BetaCalibration(2, 0.2f, -1);
        var last = 0f;
        for (var p = 0.51f; p < 1; p += 0.02f)
        {
            float[] probabilities = [1 - p, p];
            harsh.Apply(probabilities);
            Assert.True(probabilities[1] >= probabilities[0] && probabilities[1] >= last, $"{p} became {probabilities[1]}");
            last = probabilities[1];
        }
    }

    [Fact]
    public void Probabilities_that_are_nearly_all_extreme_are_made_true_too()
    {
        var random = new Random(9);
        var said = Enumerable.Range(0, 2000).Select(_ => 1 - MathF.Pow(10, -1 - 6 * random.NextSingle())).ToArray();
        var right = said.Select(_ => random.NextSingle() < 0.9f).ToArray();
        var fitted = BetaCalibration.Fit(said, right);
        foreach (var p in new[] { 0.95f, 0.999f, 0.99999f })
        {
            float[] probabilities = [(1 - p) / 2, p, (1 - p) / 2];
            fitted.Apply(probabilities);
            Assert.Equal(0.9, probabilities[1], 0.04);
        }
    }

    [Fact]
    public void A_best_label_that_is_hardly_better_is_never_brought_to_a_tie()
    {
        var harsh = new BetaCalibration(2, 0.2f, -1);
        for (var lead = 0.0001f; lead < 0.2f; lead *= 2)
        {
            float[] probabilities = [0.4f, 0.4f + lead, 0.2f - lead];
            harsh.Apply(probabilities);
            Assert.True(probabilities[1] > probabilities[0] && probabilities[1] > probabilities[2], $"a lead of {lead} became {probabilities[1]} against {probabilities[0]}");
            Assert.Equal(1, probabilities.Sum(), 1e-4);
        }
    }

    [Fact]
    public void Few_outcomes_change_nothing()
        => Assert.Equal(BetaCalibration.None, BetaCalibration.Fit([0.9f, 0.8f], [false, true]));

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Of_texts_with_a_known_label_no_more_than_a_share_gets_a_scope_below_it(double share)
    {
        var random = new Random(11);
        float Score() => random.NextSingle() + random.NextSingle();
        var test = new ScopeTest([.. Enumerable.Range(0, 2500).Select(_ => Score())]);
        var below = Enumerable.Range(0, 5000).Count(_ => test.Value(Score()) <= share);
        Assert.InRange(below / 5000.0, share - 0.02, share + 0.02);
    }

    [Fact]
    public void The_scope_of_a_text_grows_with_its_score_and_ends_at_neither_edge()
    {
        var test = new ScopeTest([0.1f, 0.2f, 0.3f, 0.9f]);
        float[] values = [.. new[] { -9f, -1f, 0f, 0.1f, 0.15f, 0.25f, 0.5f, 0.9f, 5f }.Select(test.Value)];
        Assert.Equal(values.Order(), values);
        Assert.True(values[0] >= 0 && values[^1] <= 1);
        Assert.True(test.Value(-9) < test.Value(-1), "Texts further out than any held-out one can still be told apart.");
    }

    [Fact]
    public void Texts_of_no_label_teach_all_labels_what_they_are_not()
    {
        string[] labels = ["fruit", "vehicle"];
        List<TrainingText> texts = [];
        for (var i = 0; i < 30; i++)
        {
            texts.Add(new TrainingText($"a ripe {(i % 2 == 0 ? "apple" : "pear")} from garden {i}", 0, []));
            texts.Add(new TrainingText($"the fast {(i % 2 == 0 ? "car" : "bus")} on road {i}", 1, []));
        }
        List<TrainingText> none = [.. Enumerable.Range(0, 20).Select(i => new TrainingText($"an apple phone with car charger number {i}", -1, []))];
        var probabilities = new float[2];
        var without = TextModelTrainer.Train(labels, texts, 0, "v", TimeProvider.System).Predict("an apple phone with car charger", probabilities);
        var with = TextModelTrainer.Train(labels, texts, 0, "v", TimeProvider.System, extra: none).Predict("an apple phone with car charger", probabilities);
        Assert.True(with < without, $"{with} against {without}");
    }
}
