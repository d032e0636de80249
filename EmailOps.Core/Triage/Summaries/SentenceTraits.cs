using System.Runtime.InteropServices;
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

    [ThreadStatic]
    private static TextTokens? t_tokens;

    private readonly ThreadText _thread;
    private readonly HashSet<uint> _stopWords;
    private readonly TextTokens _tokens = t_tokens ??= new TextTokens();
    private readonly Dictionary<uint, float> _idf = [];
    private readonly Dictionary<uint, int> _total = [];
    private readonly Dictionary<uint, HashSet<int>> _mails = [];
    private readonly HashSet<uint> _subject;

    private SentenceTraits(ThreadText thread, string language)
    {
        (_thread, _stopWords) = (thread, StopWords.Of(language));
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
            Vectors[i] = Counts(content[i]);
            if (sentences[i].IsQuoted || sentences[i].Repeats)
                CollectionsMarshal.GetValueRefOrAddDefault(quotedLater, sentences[i].Key, out _)++;
            own[sentences[i].Mail] += sentences[i].IsQuoted ? 0 : 1;
            if (!sentences[i].IsOwn)
                continue;
            all++;
            foreach (var (word, count) in Vectors[i])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_total, word, out _) += (int)count;
                CollectionsMarshal.GetValueRefOrAddDefault(_idf, word, out _)++;
                // Which mails took a word up is asked only where there are several.
                if (_thread.Mails.Count > 1)
                    (CollectionsMarshal.GetValueRefOrAddDefault(_mails, word, out _) ??= []).Add(sentences[i].Mail);
            }
        }
        foreach (var word in _idf.Keys)
        {
            ref var frequency = ref CollectionsMarshal.GetValueRefOrNullRef(_idf, word);
            frequency = MathF.Log(1 + all / frequency);
        }
        var centroid = new Dictionary<uint, float>();
        for (var i = 0; i < sentences.Count; i++)
        {
            Weigh(Vectors[i], MathF.Log(1 + Math.Max(1, all)));
            if (sentences[i].IsOwn)
                foreach (var (word, value) in Vectors[i])
                    CollectionsMarshal.GetValueRefOrAddDefault(centroid, word, out _) += value;
        }
        var length = MathF.Sqrt(Math.Max(1e-9f, centroid.Values.Sum(v => v * v)));
        var words = Math.Max(1, _total.Values.Sum());
        Values = new float[sentences.Count][];
        for (var i = 0; i < sentences.Count; i++)
            Values[i] = TraitsOf(i, content[i], Dot(Vectors[i], centroid) / length, words, own[sentences[i].Mail], quotedLater.GetValueOrDefault(sentences[i].Key));
    }

    private float[] TraitsOf(int at, List<uint> content, float central, int totalWords, int ownOfMail, int quotedLater)
    {
        var s = _thread.Sentences[at];
        var text = s.Text;
        var words = Words[at];
        var distinct = Vectors[at];
        var last = _thread.Mails.Count - 1;
        var (shared, clues, common) = (0f, 0, 0);
        foreach (var word in distinct.Keys)
        {
            shared += Is(_subject.Contains(word));
            clues += _mails.TryGetValue(word, out var mails) ? mails.Count - (mails.Contains(s.Mail) ? 1 : 0) : 0;
        }
        foreach (var word in content)
            common += _total.GetValueOrDefault(word);
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
            central, common * 100f / Math.Max(1, content.Count) / totalWords,
            MathF.Log(1 + clues), (float)clues / Math.Max(1, distinct.Count),
            Is(question), Is(question && s.Mail == 0),
            Is(kind.HasFlag(SentenceKind.Name)), Is(kind.HasFlag(SentenceKind.Politeness)), Is(kind.HasFlag(SentenceKind.Attribution)), Is(kind.HasFlag(SentenceKind.Link)), Is(kind.HasFlag(SentenceKind.Marks)),
            Is(kind.HasFlag(SentenceKind.Asks)), Is(kind.HasFlag(SentenceKind.Opinion)), Is(kind.HasFlag(SentenceKind.Figures)),
            1 / MathF.Sqrt(Math.Max(1, ownOfMail)), Is(char.IsLower(text[0])), Is(text[^1] is '.' or '?' or '!' or '。'),
        ];
    }

    private static Dictionary<uint, float> Counts(List<uint> content)
    {
        var counts = new Dictionary<uint, float>(content.Count);
        foreach (var word in content)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        return counts;
    }

    /// <summary>Makes counts a vector, in place.</summary>
    private void Weigh(Dictionary<uint, float> counts, float unseen)
    {
        var length = 0f;
        foreach (var word in counts.Keys)
        {
            ref var value = ref CollectionsMarshal.GetValueRefOrNullRef(counts, word);
            value = (1 + (value > 1 ? MathF.Log(value) : 0)) * _idf.GetValueOrDefault(word, unseen);
            length += value * value;
        }
        length = MathF.Sqrt(Math.Max(1e-9f, length));
        foreach (var word in counts.Keys)
            CollectionsMarshal.GetValueRefOrNullRef(counts, word) /= length;
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
        var content = new List<uint>(_tokens.Tokens.Length);
        foreach (ref readonly var token in _tokens.Tokens)
            if (token.Kind == TokenKind.Ideograph || (token.Kind != TokenKind.Number && token.Length > 1 && !_stopWords.Contains(token.Hash)))
                content.Add(Hash32.OfFoldedWord(_tokens.FoldedOf(token)[..Math.Min(StemHead, token.Length)]));
        return content;
    }

    private static float Is(bool value) => value ? 1 : 0;
}
