using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    /// <summary>Weights a bucket: those of the labels and one unused, so that they are one vector.</summary>
    private const int Lanes = 4;
    private const int Rounds = 6;
    private const float Rate = 0.12f, Decay = 2e-5f;

    private readonly float[] _weights = new float[Buckets * Lanes];

    private OrderModel() { }

    /// <param name="examples">In any order; shuffled with a fixed seed.</param>
    public static OrderModel Train(IEnumerable<OrderExample> examples)
    {
        var model = new OrderModel();
        var tokens = new TextTokens();
        var concepts = new ConceptHits();
        Span<int> room = stackalloc int[FeatureSet.Room];
        List<(int[] Features, OrderLabel Label)> read = [];
        foreach (var (text, label) in examples)
        {
            tokens.Read(text);
            concepts.Read(AttackLexicon.Default, tokens);
            read.Add((Features(tokens, 0, tokens.Tokens.Length, text.AsSpan(), concepts, room).ToArray(), label));
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
                        var at = feature * Lanes + l;
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
    /// <param name="concepts">Of the text, by <see cref="AttackLexicon.Default"/>.</param>
    public (float Order, float Task) Judge(TextTokens text, int first, int end, ReadOnlySpan<char> sentence, ConceptHits concepts)
    {
        Span<float> scores = stackalloc float[Labels];
        Score(Features(text, first, end, sentence, concepts, stackalloc int[FeatureSet.Room]), scores);
        return (scores[(int)OrderLabel.Order], scores[(int)OrderLabel.Task]);
    }

    private void Score(ReadOnlySpan<int> features, Span<float> scores)
    {
        var sums = Vector128<float>.Zero;
        foreach (var feature in features)
            sums += Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_weights), (nuint)(feature * Lanes));
        for (var l = 0; l < Labels; l++)
            scores[l] = sums[l];
        var most = Math.Max(scores[0], Math.Max(scores[1], scores[2]));
        float sum = 0;
        for (var l = 0; l < Labels; l++)
            sum += scores[l] = MathF.Exp(scores[l] - most);
        for (var l = 0; l < Labels; l++)
            scores[l] /= sum;
    }

    /// <summary>Different features in the order in which they occur.</summary>
    /// <param name="room">Takes them.</param>
    private static ReadOnlySpan<int> Features(TextTokens text, int first, int end, ReadOnlySpan<char> sentence, ConceptHits hits, Span<int> room)
    {
        end = Math.Min(end, first + 60);
        var tokens = text.Tokens[first..end];
        var features = new FeatureSet(room, stackalloc ushort[FeatureSet.Places]);
        features.Add(Bucket(1, 1));
        for (var i = 0; i < tokens.Length; i++)
        {
            features.Add(Bucket(2, tokens[i].Hash));
            features.Add(Bucket(3, Hash32.Combine(i > 0 ? tokens[i - 1].Hash : 0, tokens[i].Hash)));
        }
        if (tokens.Length > 0)
            features.Add(Bucket(4, tokens[0].Hash));
        var concepts = hits.In(first, end, out var beginning);
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
        if (LinkSigns.Occur(sentence))
            features.Add(Bucket(8, 3));
        return room[..features.Count];
    }

    /// <summary>At most so many as 60 tokens and 64 concepts make; the caller brings the memory.</summary>
    private ref struct FeatureSet(Span<int> room, Span<ushort> places)
    {
        public const int Room = 272, Places = 1024;

        private readonly Span<int> _room = room;
        private readonly Span<ushort> _places = places;

        public int Count { get; private set; }

        public void Add(int feature)
        {
            var at = feature % Places;
            for (; _places[at] > 0; at = (at + 1) % Places)
                if (_room[_places[at] - 1] == feature)
                    return;
            _room[Count++] = feature;
            _places[at] = (ushort)Count;
        }
    }

    private static int Bucket(uint kind, uint hash) => (int)(Hash32.Mix(Hash32.Combine(kind * 0x9E3779B1, hash)) & (Buckets - 1));
}
