using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>A sentence to learn from.</summary>
internal sealed record OrderExample(string Text, OrderLabel Label);

/// <summary>
/// Tells orders to a model and tasks for an assistant from what customers write, sentence by sentence: a softmax over hashed words, pairs of words and the
/// concepts of the attack lexicon (which speak many languages), trained in well under a second. Immutable, thread-safe.
/// </summary>
internal sealed class OrderModel
{
    private const int Buckets = 1 << 15;
    private const int Labels = 3;
    private const int Rounds = 6;
    private const float Rate = 0.12f, Decay = 2e-5f;

    private readonly float[] _weights = new float[Buckets * Labels];
    private static readonly AttackLexicon s_lexicon = AttackLexicon.Default;

    private OrderModel() { }

    /// <param name="examples">In any order; shuffled with a fixed seed.</param>
    public static OrderModel Train(IEnumerable<OrderExample> examples)
    {
        var model = new OrderModel();
        var tokens = new TextTokens();
        List<PhraseHit> hits = [];
        List<(int[] Features, OrderLabel Label)> read = [];
        foreach (var (text, label) in examples)
        {
            tokens.Read(text);
            read.Add((Features(tokens, 0, tokens.Tokens.Length, text.AsSpan(), hits), label));
        }
        var random = new Random(7);
        var steps = new float[model._weights.Length];
        Span<float> scores = stackalloc float[Labels];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = read.Count - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (read[i], read[j]) = (read[j], read[i]);
            }
            foreach (var (features, label) in read)
            {
                model.Score(features, scores);
                for (var l = 0; l < Labels; l++)
                {
                    var error = scores[l] - (l == (int)label ? 1 : 0);
                    if (Math.Abs(error) < 0.01f)
                        continue;
                    foreach (var feature in features)
                    {
                        var at = feature * Labels + l;
                        var gradient = error + Decay * model._weights[at];
                        steps[at] += gradient * gradient;
                        model._weights[at] -= Rate * gradient / (0.1f + MathF.Sqrt(steps[at]));
                    }
                }
            }
        }
        return model;
    }

    /// <summary>Probabilities of an order and of a task, 0-1.</summary>
    public (float Order, float Task) Judge(TextTokens text, int first, int end, ReadOnlySpan<char> sentence, List<PhraseHit> scratch)
    {
        Span<float> scores = stackalloc float[Labels];
        Score(Features(text, first, end, sentence, scratch), scores);
        return (scores[(int)OrderLabel.Order], scores[(int)OrderLabel.Task]);
    }

    private void Score(int[] features, Span<float> scores)
    {
        scores.Clear();
        foreach (var feature in features)
            for (var l = 0; l < Labels; l++)
                scores[l] += _weights[feature * Labels + l];
        var most = Math.Max(scores[0], Math.Max(scores[1], scores[2]));
        float sum = 0;
        for (var l = 0; l < Labels; l++)
            sum += scores[l] = MathF.Exp(scores[l] - most);
        for (var l = 0; l < Labels; l++)
            scores[l] /= sum;
    }

    /// <summary>Different features in the order in which they occur.</summary>
    private static int[] Features(TextTokens text, int first, int end, ReadOnlySpan<char> sentence, List<PhraseHit> hits)
    {
        end = Math.Min(end, first + 60);
        var tokens = text.Tokens[first..end];
        var features = new FeatureSet(stackalloc int[FeatureSet.Room], stackalloc int[FeatureSet.Places]);
        features.Add(Bucket(1, 1));
        for (var i = 0; i < tokens.Length; i++)
        {
            features.Add(Bucket(2, tokens[i].Hash));
            features.Add(Bucket(3, Hash32.Combine(i > 0 ? tokens[i - 1].Hash : 0, tokens[i].Hash)));
        }
        if (tokens.Length > 0)
            features.Add(Bucket(4, tokens[0].Hash));
        var concepts = s_lexicon.Concepts(tokens, 1, hits, out var beginning);
        for (var bit = 0; bit < 64 && (concepts | beginning) != 0; bit++)
        {
            if ((concepts >> bit & 1) != 0)
                features.Add(Bucket(5, (uint)bit));
            if ((beginning >> bit & 1) != 0)
                features.Add(Bucket(6, (uint)bit));
        }
        features.Add(Bucket(7, (uint)Math.Min(8, tokens.Length / 4)));
        if (sentence.IndexOfAny("\"“„«'") >= 0)
            features.Add(Bucket(8, 1));
        if (sentence.TrimEnd().EndsWith("?"))
            features.Add(Bucket(8, 2));
        if (sentence.Contains("www.", StringComparison.OrdinalIgnoreCase) || sentence.Contains("http", StringComparison.OrdinalIgnoreCase) || sentence.Contains('@'))
            features.Add(Bucket(8, 3));
        return features.ToArray();
    }

    /// <summary>At most so many as 60 tokens and 64 concepts make; the caller brings the memory.</summary>
    private ref struct FeatureSet(Span<int> room, Span<int> places)
    {
        public const int Room = 272, Places = 1024;

        private readonly Span<int> _room = room, _places = places;
        private int _count;

        public void Add(int feature)
        {
            var at = feature % Places;
            for (; _places[at] > 0; at = (at + 1) % Places)
                if (_room[_places[at] - 1] == feature)
                    return;
            _room[_count++] = feature;
            _places[at] = _count;
        }

        public readonly int[] ToArray() => _room[.._count].ToArray();
    }

    private static int Bucket(uint kind, uint hash) => (int)(Hash32.Mix(Hash32.Combine(kind * 0x9E3779B1, hash)) & (Buckets - 1));
}
