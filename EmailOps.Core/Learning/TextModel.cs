using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>A word and how much it spoke for a label (logit units).</summary>
internal readonly record struct WordContribution(int Token, float Weight);

/// <summary>
/// One linear margin a label over hashed word 1-2-grams, character 2-5-grams and pairs of near stems, with a small hidden layer where there was enough to learn it from, made into
/// calibrated probabilities; plus switches (facts the caller knows about the text, such as "a cue of label 3 occurs"). Knows labels only by index and name. Immutable and thread-safe; predicting allocates nothing
/// after warm-up.
/// </summary>
internal sealed class TextModel
{
    /// <summary>Texts are read to this length (UTF-16 units): what a mail is about stands at its beginning, and cost stays bounded.</summary>
    public const int ReadLimit = 6_000;

    /// <summary>Words an explanation chooses from.</summary>
    private const int ExplainTokens = 200;

    /// <summary>Buffers of a thread, for all models: they grow to what the largest needs.</summary>
    [ThreadStatic]
    private static Scratch? t_scratch;

    /// <summary>Mean weight of each row over the labels, so that an explanation needs two numbers a feature and not a row.</summary>
    private readonly Lazy<float[]> _means;

    public TextModel(TextModelParts parts)
    {
        Parts = parts;
        _means = new(() =>
        {
            var means = new float[parts.Rows.Count];
            Span<float> weights = new float[parts.Labels.Length];
            for (var row = 0; row < means.Length; row++)
            {
                parts.Rows.Read(row, weights);
                means[row] = TensorPrimitives.Average<float>(weights);
            }
            return means;
        });
    }

    public TextModelParts Parts { get; }
    public IReadOnlyList<string> Labels => Parts.Labels;
    /// <summary>Changes whenever the training data or the method does.</summary>
    public string Version => Parts.Version;

    /// <summary>Whether training saw a word (or one of the same bucket).</summary>
    public bool KnowsWord(uint token) => Parts.Vocabulary.Row(FeatureHasher.WordHash(token)) >= 0;

    /// <summary>Calibrated probabilities, one per label in the order of <see cref="Labels"/>; they add up to 1.</summary>
    /// <returns>A conformal p-value, 0-1, that the text is of any of the labels (<see cref="ScopeTest"/>).</returns>
    public float Predict(string text, Span<float> probabilities)
    {
        var scratch = Rent();
        scratch.Tokens.Read(text.Length <= ReadLimit ? text : text[..ReadLimit]);
        return Predict(scratch.Tokens, [], probabilities, scratch.Vector);
    }

    /// <summary>The same for a text that has been read already.</summary>
    public float Predict(TextTokens tokens, ReadOnlySpan<int> switches, Span<float> probabilities) => Predict(tokens, switches, probabilities, Rent().Vector);

    /// <summary>The same, to be explained afterwards.</summary>
    /// <param name="switches">Indexes below the model's number of switches; those that are on.</param>
    /// <param name="vector">Is filled in, for <see cref="Explain"/>.</param>
    /// <returns>A conformal p-value, 0-1, that the text is of any of the labels (<see cref="ScopeTest"/>).</returns>
    public float Predict(TextTokens tokens, ReadOnlySpan<int> switches, Span<float> probabilities, FeatureVector vector)
    {
        vector.Read(Parts.Vocabulary, tokens, 0, tokens.Text.Length <= ReadLimit ? tokens.Tokens.Length : tokens.TokenAt(ReadLimit));
        var logits = Rent().Logits(Parts.Width);
        Parts.Score(vector.Rows, vector.Values, switches, logits);
        var result = probabilities[..Labels.Count];
        TensorPrimitives.Divide(logits[..result.Length], Parts.Temperature, result);
        // Less the largest: e to the power of more than 88 is no float.
        TensorPrimitives.Subtract(result, TensorPrimitives.Max<float>(result), result);
        TensorPrimitives.SoftMax(result, result);
        Parts.Calibration.Apply(result);
        return Parts.Scope.Value(ScopeTest.Score(TensorPrimitives.Max<float>(logits[..result.Length]), vector.UnknownWords));
    }

    /// <summary>The words that spoke most for a label against the average of the others, strongest first.</summary>
    /// <param name="vector">As predicting <paramref name="text"/> by this model left it.</param>
    public int Explain(TextTokens text, FeatureVector vector, int label, Span<WordContribution> strongest)
    {
        var count = Math.Min(vector.Tokens, ExplainTokens);
        var weights = Rent().Words(count);
        Contributions(vector, label, weights, Rent().Characters(count));
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            if (weights[i] <= 0 || text.Tokens[i].Kind == TokenKind.Number)
                continue;
            if (found == strongest.Length && strongest[^1].Weight >= weights[i])
                continue;
            var at = found < strongest.Length ? found++ : strongest.Length - 1;
            for (; at > 0 && strongest[at - 1].Weight < weights[i]; at--)
                strongest[at] = strongest[at - 1];
            strongest[at] = new WordContribution(i, weights[i]);
        }
        return found;
    }

    /// <summary>What the features of each of the first tokens add to a label, beyond what they add to labels on average.</summary>
    /// <param name="characters">Room for what the characters of each token add, which is the same wherever a word comes again.</param>
    private void Contributions(FeatureVector vector, int label, Span<float> tokens, Span<float> characters)
    {
        var (means, rows) = (_means.Value, Parts.Rows);
        if (means.Length == 0)
            return;
        var bytes = rows.Bytes.Span;
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] += Weight(bytes, vector.Words[i]);
            if (i > 0)
            {
                var half = Weight(bytes, vector.TwoWords[i - 1]) / 2;
                tokens[i] += half;
                tokens[i - 1] += half;
            }
            foreach (var entry in vector.PairsOf(i))
                tokens[i] += Weight(bytes, entry) / 4;
            var first = vector.FirstOf(i);
            if (first < i)
                characters[i] = characters[first];
            else
                foreach (var entry in vector.CharactersOf(i))
                    characters[i] += Weight(bytes, entry) / 4;
            tokens[i] += characters[i];
        }
        // A mapped file must not go away while it is read.
        GC.KeepAlive(Parts);

        // A feature that is not known has the weight 0, whatever row stands in for it.
        float Weight(ReadOnlySpan<byte> bytes, uint entry)
        {
            var row = Math.Max(0, Vocabulary.RowOf(entry));
            return (rows.At(bytes, row, label) - means[row]) * Vocabulary.WeightOf(entry);
        }
    }

    private static Scratch Rent() => t_scratch ??= new Scratch();

    private sealed class Scratch
    {
        private float[] _logits = [];
        private float[] _words = [], _characters = [];

        public TextTokens Tokens { get; } = new();
        public FeatureVector Vector { get; } = new();

        public Span<float> Logits(int width) => (_logits.Length >= width ? _logits : _logits = new float[width]).AsSpan(0, width);

        public Span<float> Words(int count) => Zeros(ref _words, count);

        public Span<float> Characters(int count) => Zeros(ref _characters, count);

        private static Span<float> Zeros(ref float[] buffer, int count)
        {
            if (buffer.Length < count)
                buffer = new float[count];
            var zeros = buffer.AsSpan(0, count);
            zeros.Clear();
            return zeros;
        }
    }
}
