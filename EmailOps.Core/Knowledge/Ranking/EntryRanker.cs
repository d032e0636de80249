namespace EmailOps.Core.Knowledge.Ranking;

/// <summary>Something to be found: a title and the texts under it.</summary>
internal sealed record Entry(string Title, IReadOnlyList<string> Texts);

/// <summary>A question whose answers are known.</summary>
/// <param name="Relevant">Entry to grade, 1 and up.</param>
internal sealed record KnownQuestion(string Text, IReadOnlyDictionary<int, int> Relevant);

/// <summary>
/// Ranks entries for a question by several kinds of likeness, each scaled over the entries, with weights learned from known questions: words (BM25F), letters
/// (for typing errors and other forms), latent meaning, ways it was asked for before, what answered questions like it, feedback from the first results
/// (Rocchio 1971), and the company an entry keeps. Immutable, thread-safe.
/// </summary>
internal sealed class EntryRanker
{
    private const int Axes = 200, FeedbackEntries = 10, Neighbours = 10, KnownKept = 3;
    /// <summary>Two questions share a word by chance.</summary>
    private const float LeastAlike = 0.15f;
    /// <summary>A question with more answers than this asks for a subject; it does not say how one entry may be asked for.</summary>
    private const int MostAnswersOfOne = 1;

    private readonly TermsOf _terms;
    private readonly FieldIndex _titles, _words, _letters;
    private readonly TermVectors _texts, _vectors, _questions, _questionLetters;
    private readonly LatentSpace _latent;
    private readonly int[] _textOwner, _questionOwner;
    private readonly (int Entry, float Weight)[][] _near;
    private readonly TermVectors _known;
    private readonly (int Entry, float Gain)[][] _answers;
    private readonly RankingWeights _weights;

    private delegate RankingTerms TermsOf();

    public EntryRanker(IReadOnlyList<Entry> entries, IReadOnlyList<KnownQuestion> known, string language, RankingWeights weights)
    {
        _terms = () => new RankingTerms(language);
        _weights = weights;
        var terms = _terms();
        var asked = new List<string>[entries.Count];
        for (var i = 0; i < asked.Length; i++)
            asked[i] = [];
        foreach (var question in known.Where(q => q.Relevant.Count <= MostAnswersOfOne))
            foreach (var entry in question.Relevant.Keys)
                asked[entry].Add(question.Text);
        Count = entries.Count;
        _titles = new FieldIndex([.. entries.Select(e => new IReadOnlyList<uint>[] { terms.Words(e.Title), terms.Words(string.Join('\n', e.Texts)) })], [new(1.5f, 0.3f), new(1, 0.75f)], 2);
        _words = new FieldIndex([.. entries.Select((e, i) => new IReadOnlyList<uint>[] { terms.WordsAndPairs(e.Title), terms.WordsAndPairs(string.Join('\n', e.Texts)), terms.WordsAndPairs(string.Join('\n', asked[i])) })],
            [new(2, 0.3f), new(0.6f, 0.6f), new(2, 0.3f)], 1.2f);
        _letters = new FieldIndex([.. entries.Select((e, i) => new IReadOnlyList<uint>[] { terms.Letters($"{e.Title}\n{string.Join('\n', asked[i])}"), terms.Letters(string.Join('\n', e.Texts)) })], [new(1.5f, 0.3f), new(0.3f, 0.6f)], 1.2f);
        var questions = entries.SelectMany((e, i) => asked[i].Prepend(e.Title).Select(text => (Entry: i, Text: text))).ToList();
        _questionOwner = [.. questions.Select(q => q.Entry)];
        _questions = new TermVectors([.. questions.Select(q => terms.WordsAndPairs(q.Text))]);
        _questionLetters = new TermVectors([.. questions.Select(q => terms.Letters(q.Text))]);
        var texts = entries.SelectMany((e, i) => e.Texts.Select(text => (Entry: i, Text: text))).Concat(questions).ToList();
        _textOwner = [.. texts.Select(t => t.Entry)];
        _texts = new TermVectors([.. texts.Select(t => terms.Words(t.Text))]);
        _latent = new LatentSpace(_texts, Axes);
        _vectors = new TermVectors([.. entries.Select((e, i) => terms.Words($"{e.Title}\n{string.Join('\n', e.Texts)}\n{string.Join('\n', asked[i])}"))]);
        _known = new TermVectors([.. known.Select(q => terms.Words(q.Text))]);
        _answers = [.. known.Select(q => q.Relevant.Select(r => (r.Key, (MathF.Pow(2, r.Value) - 1) / 15)).ToArray())];
        _near = [.. _vectors.Rows.Select((row, i) => Near(_vectors.Likeness(row), i))];
    }

    public int Count { get; }

    /// <summary>Scores of all entries; comparable within one question.</summary>
    public float[] Score(string question) => Combine(Signals(question), _weights);

    /// <summary>The signals of a question that are the same whatever the weights.</summary>
    public float[][] Signals(string question)
    {
        var terms = _terms();
        var words = terms.Words(question);
        var pairs = terms.WordsAndPairs(question);
        var letters = terms.Letters(question);
        var latent = _latent.Likeness(_texts.Of(words));
        return
        [
            Scaled(_titles.Score(words)),
            Scaled(_words.Score(pairs)),
            Scaled(_letters.Score(letters)),
            Scaled(Best(latent, _textOwner, 1)),
            Scaled(Best(_questions.Likeness(_questions.Of(pairs)), _questionOwner, KnownKept)),
            Scaled(Best(_questionLetters.Likeness(_questionLetters.Of(letters)), _questionOwner, KnownKept)),
            Scaled(AnswersOfAlike(words)),
        ];
    }

    /// <summary>What answered questions that share telling words with this one.</summary>
    private float[] AnswersOfAlike(List<uint> words)
    {
        var answers = new float[Count];
        var likeness = _known.Likeness(_known.Of(words));
        for (var q = 0; q < likeness.Length; q++)
            if (likeness[q] > LeastAlike)
                foreach (var (entry, gain) in _answers[q])
                    answers[entry] += (likeness[q] - LeastAlike) * gain;
        return answers;
    }

    public float[] Combine(float[][] signals, RankingWeights weights)
    {
        var first = new float[Count];
        for (var s = 0; s < signals.Length; s++)
            if (weights[s] != 0)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(signals[s], weights[s], first, first);
        if (weights.Feedback != 0)
            Add(first, Scaled(Feedback(Scaled(first))), weights.Feedback * Spread(first));
        if (weights.Company != 0)
        {
            var company = new float[Count];
            for (var i = 0; i < Count; i++)
                foreach (var (entry, weight) in _near[i])
                    company[i] += weight * first[entry];
            Add(first, Scaled(company), weights.Company * Spread(first));
        }
        return first;
    }

    private float[] Feedback(float[] scores)
    {
        var top = Top(scores, FeedbackEntries);
        Span<float> weights = stackalloc float[top.Length];
        for (var i = 0; i < top.Length; i++)
            weights[i] = MathF.Exp(scores[top[i]] - scores[top[0]]);
        return _vectors.Likeness(_vectors.Middle(top, weights));
    }

    /// <summary>Indices of the highest, best first; of equals the earlier one.</summary>
    public static int[] Top(float[] scores, int take)
        => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(take)];

    private static (int Entry, float Weight)[] Near(float[] likeness, int self)
    {
        likeness[self] = 0;
        var top = Top(likeness, Neighbours);
        var sum = top.Sum(t => likeness[t]);
        return sum <= 0 ? [] : [.. top.Select(t => (t, likeness[t] / sum))];
    }

    /// <summary>Of each entry the mean of its best texts.</summary>
    private float[] Best(float[] likeness, int[] owner, int kept)
    {
        var best = new float[Count];
        var group = new List<float>();
        for (var i = 0; i < owner.Length;)
        {
            var entry = owner[i];
            group.Clear();
            for (; i < owner.Length && owner[i] == entry; i++)
                group.Add(likeness[i]);
            group.Sort((a, b) => b.CompareTo(a));
            best[entry] = Math.Max(best[entry], group.Take(kept).Average());
        }
        return best;
    }

    private static float Spread(float[] scores)
    {
        var mean = scores.Average();
        return MathF.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
    }

    private static float[] Scaled(float[] scores)
    {
        var (mean, spread) = (scores.Average(), Spread(scores) + 1e-9f);
        return Array.ConvertAll(scores, s => (s - mean) / spread);
    }

    private static void Add(float[] to, float[] what, float weight)
        => System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(what, weight, to, to);
}
