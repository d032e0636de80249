using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Summaries;

/// <summary>
/// What speaks for or against showing each sentence of a thread, as numbers: where it stands, who says it, how much of what the thread is about it holds (cosine to the centroid of
/// tf-idf vectors; Radev et al. 2004, "Centroid-based summarization of multiple documents"), what others took up (words and quotations; Carenini et al. 2007, "Summarizing email conversations
/// with clue words"), what kind of sentence it is. Time grows linearly with the words.
/// </summary>
internal sealed class SentenceTraits
{
    public const int Count = 37;
    private const int StemHead = 6;

    private readonly ThreadText _thread;
    private readonly string _language;
    private readonly TextTokens _tokens = new();
    private readonly Dictionary<uint, float> _idf = [];
    private readonly Dictionary<uint, int> _total = [];
    private readonly Dictionary<uint, HashSet<int>> _mails = [];
    private readonly HashSet<uint> _subject;

    private SentenceTraits(ThreadText thread, string language)
    {
        (_thread, _language) = (thread, language);
        _subject = [.. ContentOf(thread.Subject)];
        Vectors = new Dictionary<uint, float>[thread.Sentences.Count];
        Words = new int[thread.Sentences.Count];
        Kinds = new SentenceKind[thread.Sentences.Count];
    }

    /// <summary>tf-idf of the content words, length 1.</summary>
    public Dictionary<uint, float>[] Vectors { get; }
    public SentenceKind[] Kinds { get; }
    /// <summary>Words of each sentence.</summary>
    public int[] Words { get; }
    public float[][] Values { get; private set; } = [];

    public static SentenceTraits Of(ThreadText thread, string language)
    {
        var traits = new SentenceTraits(thread, language);
        traits.Read();
        return traits;
    }

    private void Read()
    {
        var sentences = _thread.Sentences;
        var content = new List<uint>[sentences.Count];
        var quotedLater = new Dictionary<string, int>(StringComparer.Ordinal);
        var own = new int[_thread.Mails.Count];
        var all = 0;
        for (var i = 0; i < sentences.Count; i++)
        {
            content[i] = ContentOf(sentences[i].Text);
            Words[i] = _tokens.Tokens.Length;
            if (sentences[i].IsQuoted || sentences[i].Repeats)
                quotedLater[ThreadText.Key(sentences[i].Text)] = quotedLater.GetValueOrDefault(ThreadText.Key(sentences[i].Text)) + 1;
            own[sentences[i].Mail] += sentences[i].IsQuoted ? 0 : 1;
            if (!sentences[i].IsOwn)
                continue;
            all++;
            foreach (var word in content[i])
            {
                _total[word] = _total.GetValueOrDefault(word) + 1;
                if (!_mails.TryGetValue(word, out var mails))
                    _mails[word] = mails = [];
                mails.Add(sentences[i].Mail);
            }
            foreach (var word in content[i].Distinct())
                _idf[word] = _idf.GetValueOrDefault(word) + 1;
        }
        foreach (var word in _idf.Keys.ToList())
            _idf[word] = MathF.Log(1 + all / _idf[word]);
        var centroid = new Dictionary<uint, float>();
        for (var i = 0; i < sentences.Count; i++)
        {
            Vectors[i] = Vector(content[i], MathF.Log(1 + Math.Max(1, all)));
            if (sentences[i].IsOwn)
                foreach (var (word, value) in Vectors[i])
                    centroid[word] = centroid.GetValueOrDefault(word) + value;
        }
        var length = MathF.Sqrt(Math.Max(1e-9f, centroid.Values.Sum(v => v * v)));
        var words = Math.Max(1, _total.Values.Sum());
        Values = new float[sentences.Count][];
        for (var i = 0; i < sentences.Count; i++)
            Values[i] = TraitsOf(i, content[i], Dot(Vectors[i], centroid) / length, words, own[sentences[i].Mail], quotedLater.GetValueOrDefault(ThreadText.Key(sentences[i].Text)));
    }

    private float[] TraitsOf(int at, List<uint> content, float central, int totalWords, int ownOfMail, int quotedLater)
    {
        var s = _thread.Sentences[at];
        var text = s.Text;
        var words = Words[at];
        var distinct = content.Distinct().ToList();
        var last = _thread.Mails.Count - 1;
        var shared = (float)distinct.Count(_subject.Contains);
        var clues = distinct.Sum(w => _mails.TryGetValue(w, out var mails) ? mails.Count - (mails.Contains(s.Mail) ? 1 : 0) : 0);
        var kind = Kinds[at] = SentenceKinds.Of(text, _thread.Mails[s.Mail].Speaker);
        var question = text.Contains('?', StringComparison.Ordinal) || text.Contains('？', StringComparison.Ordinal);
        return
        [
            MathF.Log(1 + words), Math.Min(words, 40) / 40f, Is(words <= 3), Is(words <= 6), Is(words > 45),
            Is(s.IsQuoted), Is(s.Repeats), s.IsOwn ? Math.Min(3, quotedLater) : 0, Is(s.IsOwn && quotedLater > 0),
            Is(s.Mail == 0), Is(s.Mail == last), (float)s.Mail / Math.Max(1, last),
            (float)s.OwnPlace / Math.Max(1, ownOfMail), Is(s.OwnPlace == 0), Is(s.OwnPlace == 1), 1f / (1 + s.OwnPlace), s.Mail == 0 ? 1f / (1 + s.OwnPlace) : 0,
            Is(!s.IsQuoted && at > 0 && _thread.Sentences[at - 1].Mail == s.Mail && _thread.Sentences[at - 1].IsQuoted),
            shared / Math.Max(1, _subject.Count), Is(shared > 0),
            central, content.Sum(w => _total.GetValueOrDefault(w)) * 100f / Math.Max(1, content.Count) / totalWords,
            MathF.Log(1 + clues), (float)clues / Math.Max(1, distinct.Count),
            Is(question), Is(question && s.Mail == 0),
            Is(kind.HasFlag(SentenceKind.Name)), Is(kind.HasFlag(SentenceKind.Politeness)), Is(kind.HasFlag(SentenceKind.Attribution)), Is(kind.HasFlag(SentenceKind.Link)), Is(kind.HasFlag(SentenceKind.Marks)),
            Is(kind.HasFlag(SentenceKind.Asks)), Is(kind.HasFlag(SentenceKind.Opinion)), Is(kind.HasFlag(SentenceKind.Figures)),
            1 / MathF.Sqrt(Math.Max(1, ownOfMail)), Is(char.IsLower(text[0])), Is(text[^1] is '.' or '?' or '!' or '。'),
        ];
    }

    private Dictionary<uint, float> Vector(List<uint> content, float unseen)
    {
        var vector = new Dictionary<uint, float>();
        foreach (var word in content)
            vector[word] = vector.GetValueOrDefault(word) + 1;
        var length = 0f;
        foreach (var word in vector.Keys.ToList())
        {
            var value = (1 + MathF.Log(vector[word])) * _idf.GetValueOrDefault(word, unseen);
            vector[word] = value;
            length += value * value;
        }
        length = MathF.Sqrt(Math.Max(1e-9f, length));
        foreach (var word in vector.Keys.ToList())
            vector[word] /= length;
        return vector;
    }

    public static float Dot(Dictionary<uint, float> a, Dictionary<uint, float> b)
    {
        var sum = 0f;
        foreach (var (word, value) in a)
            if (b.TryGetValue(word, out var other))
                sum += value * other;
        return sum;
    }

    /// <summary>Words that say something, by the hash of their beginning, so that forms of a word meet. Leaves the text in the buffer.</summary>
    private List<uint> ContentOf(string text)
    {
        _tokens.Read(text);
        List<uint> content = [];
        foreach (ref readonly var token in _tokens.Tokens)
            if (token.Kind == TokenKind.Ideograph || (token.Kind != TokenKind.Number && token.Length > 1 && !StopWords.Contains(token.Hash, _language)))
                content.Add(Hash32.OfFoldedWord(_tokens.FoldedOf(token)[..Math.Min(StemHead, token.Length)]));
        return content;
    }

    private static float Is(bool value) => value ? 1 : 0;
}
