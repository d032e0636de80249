using EmailOps.Core.Learning.Labels;

namespace EmailOps.Tests.Learning.Labels;

public class LabelModelTests
{
    private static readonly string[] s_labels = ["refund", "parcel", "angry"];
    private static readonly Lazy<LabelModel> s_model = new(() => Train());

    [Fact]
    public void A_text_gets_all_labels_that_hold_and_none_where_none_holds()
    {
        Assert.Equal(["parcel", "refund"], Given("The parcel never came, I want my money back"));
        Assert.Equal(["refund"], Given("Please pay the money back to my card"));
        Assert.Equal(["angry", "parcel"], Given("This is a disgrace, where is the parcel"));
        Assert.Empty(Given("What are your opening hours in winter"));
    }

    [Fact]
    public void Facts_tell_apart_what_the_words_do_not()
    {
        List<LabelledText> texts = [.. Enumerable.Range(0, 60).Select(i => new LabelledText($"see the attached file {i % 7}", [i % 2 == 0 ? "from=bank.example" : "from=shop.example"], i % 2 == 0 ? [0] : []))];
        var model = LabelTrainer.Train(["bank"], texts, "facts", TimeProvider.System);
        Assert.Equal("bank", Assert.Single(model.Predict("see the attached file", "from=bank.example")).Label);
        Assert.Empty(model.Predict("see the attached file", "from=shop.example"));
        // A fact that training never saw changes nothing.
        Assert.Equal(model.Predict("see the attached file", "from=bank.example"), model.Predict("see the attached file", "from=bank.example", "zone=7"));
    }

    [Fact]
    public void Words_and_facts_learned_apart_are_each_what_they_would_be_alone()
    {
        List<LabelledText> texts = [.. Enumerable.Range(0, 80).Select(i => new LabelledText($"{(i % 4 < 2 ? "win a prize" : "minutes of the meeting")} number {i % 9}", [i % 2 == 0 ? "hops=1" : "hops=4", $"zone={i % 5}"], i % 4 == 0 || i % 4 == 1 && i % 3 == 0 ? [0] : []))];
        var both = LabelTrainer.Train(["spam"], texts, "v", TimeProvider.System, new LabelSettings { Apart = true }).Parts;
        var words = LabelTrainer.Train(["spam"], texts.ConvertAll(t => t with { Facts = [] }), "v", TimeProvider.System).Parts;
        var facts = LabelTrainer.Train(["spam"], texts.ConvertAll(t => t with { Text = "" }), "v", TimeProvider.System).Parts;
        var ofWords = words.Features.Words.Count * both.Margins.Stride;
        Assert.Equal(words.Margins.Weights.AsSpan(0, ofWords).ToArray(), both.Margins.Weights.AsSpan(0, ofWords).ToArray());
        Assert.Equal(facts.Margins.Weights, both.Margins.Weights.AsSpan(ofWords).ToArray());
        Assert.Equal(words.Margins.Bias[0] + facts.Margins.Bias[0], both.Margins.Bias[0]);
        var together = LabelTrainer.Train(["spam"], texts, "v", TimeProvider.System).Parts;
        Assert.NotEqual(together.Margins.Weights, both.Margins.Weights);
    }

    [Fact]
    public void The_same_texts_give_the_same_model()
    {
        var (first, second) = (s_model.Value.Parts, Train().Parts);
        Assert.Equal(first.Margins.Weights, second.Margins.Weights);
        Assert.Equal(first.Calibration.Offsets, second.Calibration.Offsets);
        Assert.Equal(first.Threshold, second.Threshold);
    }

    [Fact]
    public void What_is_said_of_the_model_was_measured_on_texts_held_out()
    {
        var figures = s_model.Value.Parts.Figures;
        Assert.InRange(figures.MicroF1, 0.85, 1);
        Assert.InRange(figures.ExactSets, 0.7, 1);
        // Labels drawn by lot cannot be learned, and the figures must say so.
        var random = new Random(3);
        List<LabelledText> noise = [.. Enumerable.Range(0, 200).Select(i => new LabelledText($"word{random.Next(40)} word{random.Next(40)} word{random.Next(40)}", [], random.Next(2) == 0 ? [0] : []))];
        var model = LabelTrainer.Train(["lot"], noise, "noise", TimeProvider.System);
        Assert.True(model.Parts.Figures.ExactSets < 0.65, $"{model.Parts.Figures}");
        var probability = new float[1];
        model.Probabilities("word1 word2 word3", [], probability);
        Assert.InRange(probability[0], 0.25f, 0.75f);
    }

    [Fact]
    public void A_saved_model_answers_as_before_and_a_damaged_file_is_refused()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("labels").FullName, "labels.model");
        LabelModelFile.Save(s_model.Value.Parts, path);
        var loaded = new LabelModel(LabelModelFile.Load(path));
        const string text = "The parcel never came, I want my money back";
        Assert.Equal(s_model.Value.Predict(text), loaded.Predict(text));
        Assert.Equal(s_model.Value.Parts.Figures, loaded.Parts.Figures);

        var bytes = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var cut = 0; cut < bytes.Length; cut += 1 + bytes.Length / 50)
        {
            File.WriteAllBytes(path, bytes[..cut]);
            Assert.Throws<InvalidDataException>(() => LabelModelFile.Load(path));
        }
        // Flipped bytes either are refused or change numbers; nothing else may come out.
        for (var round = 0; round < 50; round++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(200)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            if (Record.Exception(() => LabelModelFile.Load(path)) is { } refused)
                Assert.IsType<InvalidDataException>(refused);
        }
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\uD800 \uFFFF")]
    [InlineData("パーセルが届きません")]
    public void Any_text_is_answered(string text)
    {
        var probabilities = new float[3];
        s_model.Value.Probabilities(text, [""], probabilities);
        Assert.All(probabilities, p => Assert.InRange(p, 0f, 1f));
    }

    [Fact]
    public void What_cannot_be_learned_from_is_refused_with_a_reason()
    {
        Assert.Throws<ArgumentException>(() => LabelTrainer.Train([], [new LabelledText("a", [], [])], "v", TimeProvider.System));
        Assert.Throws<ArgumentException>(() => LabelTrainer.Train(["a"], [], "v", TimeProvider.System));
        Assert.Throws<ArgumentException>(() => LabelTrainer.Train(["a"], [new LabelledText("a", [], [1])], "v", TimeProvider.System));
    }

    private static IEnumerable<string> Given(string text) => s_model.Value.Predict(text).Select(l => l.Label).Order(StringComparer.Ordinal);

    private static LabelModel Train()
    {
        string[] refund = ["", "I want my money back", "please pay the money back", "when do I get the refund"];
        string[] parcel = ["", "the parcel never came", "where is the parcel", "my parcel is late"];
        string[] angry = ["", "this is a disgrace", "I am furious", "what a disgrace, I am furious"];
        List<LabelledText> texts = [];
        for (var i = 0; i < 4 * 4 * 4; i++)
        {
            var (r, p, a) = (i % 4, i / 4 % 4, i / 16);
            var rest = new[] { "your opening hours", "do you sell hats in winter", "regards from Oslo" }[i % 3];
            texts.Add(new LabelledText($"{angry[a]}. {parcel[p]}. {refund[r]}. {rest}", [], [.. new[] { r > 0 ? 0 : -1, p > 0 ? 1 : -1, a > 0 ? 2 : -1 }.Where(l => l >= 0)]));
            texts.Add(new LabelledText(rest, [], []));
            texts.Add(new LabelledText($"{parcel[p]} {i}", [], p > 0 ? [1] : []));
            texts.Add(new LabelledText($"{refund[r]} {i}", [], r > 0 ? [0] : []));
        }
        return LabelTrainer.Train(s_labels, texts, "test", TimeProvider.System);
    }
}
