using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class TextModelFileTests : IDisposable
{
    private static readonly Lazy<TextModel> s_model = new(() => Train(hidden: 16));
    private readonly string _folder = Directory.CreateTempSubdirectory("text-model-file").FullName;

    private string Path => System.IO.Path.Combine(_folder, "a.model");

    [Fact]
    public void A_loaded_model_with_a_hidden_layer_predicts_to_the_bit_what_the_trained_one_does()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        var loaded = new TextModel(TextModelFile.Load(Path));
        Assert.NotNull(loaded.Parts.Hidden);
        foreach (var (text, _, _, _) in Texts(7, 60))
            Assert.Equal(Probabilities(s_model.Value, text), Probabilities(loaded, text));
    }

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        var bytes = File.ReadAllBytes(Path);
        for (var at = 0; at < bytes.Length; at += 1 + bytes.Length / 97)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x20;
            var path = System.IO.Path.Combine(_folder, $"{at}.model");
            File.WriteAllBytes(path, damaged);
            Assert.Contains("Delete it", Assert.Throws<InvalidDataException>(() => TextModelFile.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("EOTM")]
    [InlineData("a CSV file, not a model; long enough to have a preamble, but of somebody else's format: a,b,c,d,e,f")]
    [InlineData("EOTM\u0002\0\0\0 the format before this one, whose rest means something else entirely; it is trained again")]
    public void A_foreign_or_old_file_is_refused_with_a_reason(string content)
    {
        File.WriteAllText(Path, content);
        Assert.Contains(Path, Assert.Throws<InvalidDataException>(() => TextModelFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_file_is_damaged_too()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        File.AppendAllText(Path, "more");
        Assert.Contains("bytes", Assert.Throws<InvalidDataException>(() => TextModelFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_in_use_outlives_its_file_and_the_next_one_takes_its_place()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        var inUse = new TextModel(TextModelFile.Load(Path));
        var before = Probabilities(inUse, "why is my parcel late");
        TextModelFile.Save(s_model.Value.Parts with { Version = "next" }, Path);
        Assert.Equal("next", TextModelFile.Load(Path).Version);
        File.Delete(Path);
        Assert.Equal(before, Probabilities(inUse, "why is my parcel late"));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Writers_and_readers_at_the_same_time_see_whole_models_only()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        Parallel.For(0, 40, i =>
        {
            if (i % 4 == 0)
                TextModelFile.Save(s_model.Value.Parts with { Version = $"v{i}" }, Path);
            else
                Assert.StartsWith("v", TextModelFile.Load(Path).Version, StringComparison.Ordinal);
        });
        Assert.Equal(Path, Assert.Single(Directory.GetFiles(_folder)));
    }

    [Fact]
    public void A_loaded_model_is_predicted_from_and_taught_by_many_threads_at_once()
    {
        TextModelFile.Save(s_model.Value.Parts, Path);
        var loaded = new TextModel(TextModelFile.Load(Path));
        var texts = Texts(3, 40).ToList();
        var expected = texts.ConvertAll(t => Probabilities(s_model.Value, t.Text));
        var taught = OnlineStep.Teach(s_model.Value, [texts[0]], "x").Model;
        var after = texts.ConvertAll(t => Probabilities(taught, t.Text));
        Parallel.For(0, 2_000, i =>
        {
            Assert.Equal(expected[i % 40], Probabilities(loaded, texts[i % 40].Text));
            if (i % 100 == 0)
                Assert.Equal(after[i % 40], Probabilities(OnlineStep.Teach(loaded, [texts[0]], "x").Model, texts[i % 40].Text));
        });
    }

    [Fact]
    public void Quantised_rows_stay_within_a_250th_of_the_largest_weight()
    {
        var random = new Random(1);
        float[] weights = [.. Enumerable.Range(0, 64 * 48).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(10, -i / 48 % 9)), .. new float[48], .. Enumerable.Repeat(1e-12f, 48)];
        var rows = Rows(weights, 48);
        var read = new float[48];
        for (var row = 0; row < rows.Count; row++)
        {
            rows.Read(row, read);
            var largest = weights.AsSpan(row * 48, 48).ToArray().Max(Math.Abs);
            for (var i = 0; i < 48; i++)
                Assert.InRange(read[i] - weights[row * 48 + i], -largest / 250 - 5e-6f, largest / 250 + 5e-6f);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(80)]
    [InlineData(112)]
    [InlineData(128)]
    [InlineData(160)]
    public void Rows_are_added_up_whatever_their_width_and_rows_beyond_the_table_are_nothing(int width)
    {
        var random = new Random(width);
        float[] weights = [.. Enumerable.Range(0, 20 * width).Select(_ => random.NextSingle() - 0.5f)];
        var rows = Rows(weights, width);
        float[] sums = [.. Enumerable.Repeat(1f, width)], expected = [.. sums];
        rows.AddTo([3, 0, 99, 19, -1], [0.5f, -2, 7, 1, 7], sums);
        for (var i = 0; i < width; i++)
            expected[i] += 0.5f * rows.At(3, i) - 2 * rows.At(0, i) + rows.At(19, i);
        for (var i = 0; i < width; i++)
            Assert.Equal(expected[i], sums[i], 4);
    }

    [Fact]
    public void A_hidden_layer_learns_what_no_sum_of_words_can()
    {
        // Of two pairs of words, which go together; no word says anything by itself. Nine words between them keep them from being a pair of near stems.
        List<TrainingText> texts = [];
        string[] fill = ["today", "again", "there", "please", "now"];
        for (var i = 0; i < 400; i++)
            texts.Add(new TrainingText($"{(i % 2 == 0 ? "zebra" : "otter")} {fill[i % 5]} {fill[i / 5 % 5]} {fill[i / 25 % 5]} one two three four five six {(i / 2 % 2 == 0 ? "quartz" : "basalt")}", i % 2 ^ (i / 2 % 2), []));
        var settings = new TrainingSettings { HiddenUnits = 64, LeastTextsForHidden = 1, HiddenShare = 0.9f, Epochs = 40 };
        int Right(TrainingSettings s)
        {
            var model = TextModelTrainer.Train(["same", "other"], texts, 0, "v", TimeProvider.System, s);
            return texts.Count(t => Probabilities(model, t.Text)[t.Label] > 0.5f);
        }
        var (without, with) = (Right(settings with { HiddenUnits = 0 }), Right(settings));
        Assert.True(with >= 390 && with >= without, $"{without} without, {with} with a hidden layer");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static QuantisedRows Rows(float[] weights, int width) => QuantisedRows.Of(weights.Length / width, width, (row, to) => weights.AsSpan(row * width, width).CopyTo(to));

    private static float[] Probabilities(TextModel model, string text)
    {
        var probabilities = new float[model.Labels.Count];
        model.Predict(text, probabilities);
        return probabilities;
    }

    private static TextModel Train(int hidden) => TextModelTrainer.Train(["parcel", "refund", "login"], [.. Texts(1, 240)], 0, "v", TimeProvider.System, new TrainingSettings { HiddenUnits = hidden, LeastTextsForHidden = 1 });

    private static IEnumerable<TrainingText> Texts(int seed, int count)
    {
        string[][] words = [["parcel", "courier", "late", "shipment"], ["refund", "money", "return", "paid"], ["password", "account", "locked", "sign"]];
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return new TrainingText($"why is my {words[i % 3][random.Next(4)]} about {words[i % 3][random.Next(4)]} number {random.Next(9)} for {"abcdefg"[random.Next(7)]}", i % 3, []);
    }
}
