using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public class OnlineStepTests
{
    private static readonly string[] s_labels = ["delivery", "refund", "login", "invoice"];

    private static readonly string[][] s_words =
    [
        ["parcel", "courier", "tracking", "arrive", "delayed", "shipment", "doorstep", "delivered"],
        ["refund", "money back", "return", "reimburse", "cancelled order", "credit", "repay", "broken item"],
        ["password", "sign in", "account locked", "log in", "reset link", "two factor", "username", "access"],
        ["invoice", "vat number", "billing", "receipt", "tax", "bookkeeping", "statement", "due date"],
    ];

    [Fact]
    public void A_corrected_text_and_paraphrases_of_it_get_the_label_and_others_keep_theirs()
    {
        var model = Train();
        const string Corrected = "Could you adjust the wibblestock quota of my warehouse dashboard?";
        string[] paraphrases = ["please adjust the wibblestock quota", "the Wibblestock quota in my dashboard is wrong", "warehouse dashboard: adjust wibblestock quotas"];
        foreach (var label in Enumerable.Range(0, s_labels.Length))
        {
            var taught = OnlineStep.Teach(model, [new TrainingText(Corrected, label, [], TrainingText.Corrected)], "v2");
            Assert.True(taught.Learned, $"{s_labels[label]} after {taught.Steps} steps");
            Assert.Equal(label, Best(taught.Model, Corrected));
            Assert.All(paraphrases, p => Assert.Equal(label, Best(taught.Model, p)));
            Assert.InRange(Right(taught.Model), Right(model) - 1, 200);
            Assert.True(taught.NewFeatures > 0 && taught.Model.KnowsWord(Hash32.OfFolded("wibblestock")) && !model.KnowsWord(Hash32.OfFolded("wibblestock")));
        }
    }

    [Fact]
    public void A_text_that_training_had_under_another_label_is_moved_too()
    {
        var model = Train();
        const string Text = "the courier left my parcel at the wrong doorstep";
        Assert.Equal(0, Best(model, Text));
        var taught = OnlineStep.Teach(model, [new TrainingText(Text, 1, [])], "v2");
        Assert.Equal(1, Best(taught.Model, Text));
        Assert.InRange(Right(taught.Model), 190, 200);
    }

    [Fact]
    public async Task The_old_model_stays_as_it_was_while_it_is_read()
    {
        var model = Train();
        var texts = Unseen().Select(t => t.Text).ToArray();
        var before = texts.Select(t => Probabilities(model, t)).ToArray();
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var reads = 0;
            do
                for (var i = 0; i < texts.Length; i++, reads++)
                    Assert.Equal(before[i], Probabilities(model, texts[i]));
            while (!stop.IsCancellationRequested);
            return reads;
        });
        var taught = model;
        for (var i = 0; i < 20; i++)
            taught = OnlineStep.Teach(taught, [new TrainingText($"strange thing number {(char)('a' + i)} of wobble{i}", i % 4, [])], $"v{i}").Model;
        await stop.CancelAsync();
        Assert.True(await reader >= texts.Length);
        Assert.Equal(before, texts.Select(t => Probabilities(model, t)));
        Assert.NotEqual(before, texts.Select(t => Probabilities(taught, t)));
    }

    [Fact]
    public void The_same_correction_gives_the_same_model()
    {
        var correction = new TrainingText("adjust the wibblestock quota", 2, []);
        var (a, b) = (OnlineStep.Teach(Train(), [correction], "v2").Model, OnlineStep.Teach(Train(), [correction], "v2").Model);
        Assert.Equal(a.Parts.Rows.Bytes.ToArray(), b.Parts.Rows.Bytes.ToArray());
        Assert.Equal(a.Parts.Vocabulary.Buckets, b.Parts.Vocabulary.Buckets);
    }

    [Fact]
    public void Many_corrections_one_after_the_other_are_remembered_and_do_little_harm()
    {
        var model = Train();
        var corrections = Enumerable.Range(0, 40).Select(i => new TrainingText($"about the {Nonsense(i)} of our {Nonsense(i + 100)}", i % 4, [])).ToList();
        foreach (var correction in corrections)
            model = OnlineStep.Teach(model, [correction], "v").Model;
        Assert.All(corrections, c => Assert.Equal(c.Label, Best(model, c.Text)));
        Assert.InRange(Right(model), Right(Train()) - 4, 200);
    }

    [Fact]
    public void Corrections_that_contradict_each_other_end_at_the_bound_and_say_so()
    {
        var taught = OnlineStep.Teach(Train(), [new TrainingText("blue wibble", 0, []), new TrainingText("blue wibble", 1, [])], "v2");
        Assert.False(taught.Learned);
        for (var row = 0; row < taught.Model.Parts.Rows.Count; row++)
            for (var label = 0; label < s_labels.Length; label++)
                Assert.InRange(taught.Model.Parts.Rows.At(row, label), -10, 10);
        Assert.InRange(Right(taught.Model), Right(Train()) - 2, 200);
    }

    [Fact]
    public void A_text_of_none_of_the_labels_looks_less_like_any_of_them()
    {
        var model = Train();
        const string Text = "the parcel song is on the radio tonight";
        var probabilities = new float[4];
        var before = model.Predict(Text, probabilities);
        var after = OnlineStep.Teach(model, [new TrainingText(Text, -1, [])], "v2").Model.Predict(Text, probabilities);
        Assert.True(after < before, $"{before} became {after}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!! ... ---")]
    public void A_text_that_says_nothing_teaches_nothing(string text)
    {
        var taught = OnlineStep.Teach(Train(), [new TrainingText(text, 0, [])], "v2");
        Assert.False(taught.Learned);
        Assert.Equal(Right(Train()), Right(taught.Model));
    }

    [Fact]
    public void A_label_or_switch_that_the_model_lacks_is_refused()
    {
        Assert.Throws<ArgumentException>(() => OnlineStep.Teach(Train(), [new TrainingText("x", 4, [])], "v2"));
        Assert.Throws<ArgumentException>(() => OnlineStep.Teach(Train(), [new TrainingText("x", 0, [3])], "v2"));
    }

    [Fact]
    public void A_heavier_text_wins_against_lighter_ones_at_training()
    {
        List<TrainingText> texts = [.. Examples(0, 200), .. Enumerable.Range(0, 3).Select(_ => new TrainingText("blue wibble quota", 0, []))];
        var light = TextModelTrainer.Train(s_labels, [.. texts, new TrainingText("blue wibble quota", 1, [])], 0, "v", TimeProvider.System);
        var heavy = TextModelTrainer.Train(s_labels, [.. texts, new TrainingText("blue wibble quota", 1, [], 40)], 0, "v", TimeProvider.System);
        Assert.Equal((0, 1), (Best(light, "blue wibble quota"), Best(heavy, "blue wibble quota")));
    }

    private static string Nonsense(int i) => $"{"bdfgklmnprst"[i % 12]}o{"mnprst"[i / 12 % 6]}{"aeiou"[i % 5]}q{"xzvw"[i % 4]}i{"bdfgklm"[i / 7 % 7]}";

    private static int Right(TextModel model) => Unseen().Count(t => Best(model, t.Text) == t.Label);

    private static IEnumerable<TrainingText> Unseen() => Examples(1000, 200);

    private static TextModel Train() => TextModelTrainer.Train(s_labels, [.. Examples(0, 200)], 0, "v1", TimeProvider.System);

    private static IEnumerable<TrainingText> Examples(int seed, int count)
    {
        string[] frames = ["Hello, I have a question about {0} and {1}.", "why is my {0} not there, only {1}", "Please help with the {0}; the {1} too", "{0}? {1}! nobody answers", "we need {0} for the {1} by Monday"];
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var words = s_words[i % 4];
            yield return new TrainingText(string.Format(System.Globalization.CultureInfo.InvariantCulture, frames[random.Next(frames.Length)], words[random.Next(words.Length)], words[random.Next(words.Length)]), i % 4, []);
        }
    }

    private static float[] Probabilities(TextModel model, string text)
    {
        var probabilities = new float[model.Labels.Count];
        model.Predict(text, probabilities);
        return probabilities;
    }

    private static int Best(TextModel model, string text)
    {
        var probabilities = Probabilities(model, text);
        return Array.IndexOf(probabilities, probabilities.Max());
    }
}
