using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class TextModelTests : IDisposable
{
    private static readonly string[] s_labels = ["fruit", "vehicle"];
    private readonly string _folder = Directory.CreateTempSubdirectory("text-model").FullName;

    [Fact]
    public void A_trained_model_tells_unseen_texts_apart_and_its_probabilities_add_up()
    {
        var model = Train();
        Assert.Equal("fruit", Best(model, "a ripe apple and two sweet pears"));
        Assert.Equal("vehicle", Best(model, "the red trucks and a fast car"));
        var probabilities = new float[2];
        model.Predict("something else entirely", probabilities);
        Assert.Equal(1, probabilities.Sum(), 4);
        Assert.All(probabilities, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void A_saved_model_predicts_the_same_after_loading()
    {
        var model = Train();
        var path = Path.Combine(_folder, "a.model");
        TextModelFile.Save(model.Parts, path);
        var loaded = new TextModel(TextModelFile.Load(path));
        float[] before = new float[2], after = new float[2];
        foreach (var text in new[] { "a sweet apple", "drive the car", "", "äöü 日本" })
        {
            model.Predict(text, before);
            loaded.Predict(text, after);
            Assert.Equal(before, after);
        }
        Assert.Equal((model.Version, model.Parts.Figures), (loaded.Version, loaded.Parts.Figures));
    }

    [Fact]
    public void A_damaged_file_says_so_and_never_gives_a_model()
    {
        var path = Path.Combine(_folder, "b.model");
        TextModelFile.Save(Train().Parts, path);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 3, 20, 60, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Contains("Delete it", Assert.Throws<InvalidDataException>(() => TextModelFile.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Training_twice_on_the_same_texts_gives_the_same_model()
        => Assert.Equal(Train().Parts.Rows.Bytes.ToArray(), Train().Parts.Rows.Bytes.ToArray());

    [Fact]
    public void A_label_without_a_text_is_refused_by_name()
        => Assert.Contains("\"animal\"", Assert.Throws<ArgumentException>(() => TextModelTrainer.Train([.. s_labels, "animal"], Texts(), 0, "v", TimeProvider.System)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_explanation_names_the_words_that_spoke_for_the_label()
    {
        var model = Train();
        var tokens = new TextTokens();
        tokens.Read("please bring the apple to the table");
        var (strongest, vector) = (new WordContribution[3], new FeatureVector());
        model.Predict(tokens, [], new float[2], vector);
        var count = model.Explain(tokens, vector, 0, strongest);
        Assert.True(count > 0);
        Assert.Equal("apple", tokens.TextOf(tokens.Tokens[strongest[0].Token]).ToString());
    }

    [Fact]
    public void Predicting_at_the_same_time_gives_what_predicting_alone_gives()
    {
        var model = Train();
        string[] texts = ["a ripe apple", "a fast car", "pears and plums", "the bus is late"];
        var alone = texts.Select(t => { var p = new float[2]; model.Predict(t, p); return p[0]; }).ToArray();
        Parallel.For(0, 1000, i =>
        {
            var probabilities = new float[2];
            model.Predict(texts[i % 4], probabilities);
            Assert.Equal(alone[i % 4], probabilities[0]);
        });
    }

    [Fact]
    public void A_temperature_mends_overconfidence()
    {
        var random = new Random(3);
        // Margins claim certainty, one in four is wrong.
        var truth = Enumerable.Range(0, 2000).Select(_ => random.Next(2)).ToArray();
        var margins = truth.Select(t => { var said = random.NextDouble() < 0.25 ? 1 - t : t; return new[] { said == 0 ? 12f : 0f, said == 1 ? 12f : 0f }; }).ToArray();
        var raw = Calibration.Measure(margins, truth, 2, 1, BetaCalibration.None).ExpectedCalibrationError;
        var fitted = Calibration.Measure(margins, truth, 2, Calibration.FitTemperature(margins, truth, 2), BetaCalibration.None).ExpectedCalibrationError;
        Assert.True(raw > 0.2 && fitted < 0.03, $"{raw} became {fitted}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Best(TextModel model, string text)
    {
        var probabilities = new float[model.Labels.Count];
        model.Predict(text, probabilities);
        return model.Labels[Array.IndexOf(probabilities, probabilities.Max())];
    }

    private static TextModel Train() => TextModelTrainer.Train(s_labels, Texts(), 0, "v1", TimeProvider.System);

    private static List<TrainingText> Texts() =>
    [
        .. new[] { "an apple a day", "sweet pears from the garden", "ripe plums and apples", "peel the banana", "an orange and a lemon", "cherries in a bowl", "apple juice", "a basket of pears", "the plum tree", "lemon and apple pie" }.Select(t => new TrainingText(t, 0, [])),
        .. new[] { "a fast car", "the bus is late", "trucks on the road", "drive the van", "a red car with four wheels", "the train leaves", "park the truck", "a tram and a bus", "the engine of the car", "an old van on the road" }.Select(t => new TrainingText(t, 1, [])),
    ];
}
