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
    private readonly WordSet _stopWords;
    private readonly TextTokens _tokens = t_tokens ??= new TextTokens();
    /// <summary>A number for each content word of the thread, in the order in which they come: what is known of words stands in lists by it.</summary>
    private readonly Dictionary<uint, int> _numbers = [];
    /// <summary>In how many own sentences a word stands, and how often in all of them.</summary>
    private readonly List<int> _sentencesWith = [], _total = [];
    /// <summary>Which mails have a word; asked only where there are several.</summary>
    private readonly List<HashSet<int>?> _mails = [];
    /// <summary>In which sentence a word was seen last, and where among the words of that.</summary>
    private readonly List<(int Sentence, int Place)> _last = [];
    private readonly HashSet<int> _subject;

    private SentenceTraits(ThreadText thread, string language)
    {
        (_thread, _stopWords) = (thread, StopWords.Of(language));
        Vectors = new WordWeight[thread.Sentences.Count][];
        Words = new int[thread.Sentences.Count];
        Kinds = new SentenceKind[thread.Sentences.Count];
        List<int> subject = [];
        ContentOf(thread.Subject, subject);
        _subject = [.. subject];
    }

    /// <summary>tf-idf of the content words, length 1.</summary>
    public WordWeight[][] Vectors { get; }
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
        var contentWords = new int[sentences.Count];
        var quotedLater = new Dictionary<string, int>(StringComparer.Ordinal);
        var own = new int[_thread.Mails.Count];
        var all = 0;
        List<int> content = [];
        for (var i = 0; i < sentences.Count; i++)
        {
            ContentOf(sentences[i].Text, content);
            contentWords[i] = content.Count;
            Words[i] = _tokens.Tokens.Length;
            Kinds[i] = SentenceKinds.Of(sentences[i].Text, _tokens, _thread.Mails[sentences[i].Mail].Speaker);
            Vectors[i] = Counted(content, i);
            if (sentences[i].IsQuoted || sentences[i].Repeats)
                CollectionsMarshal.GetValueRefOrAddDefault(quotedLater, sentences[i].Key, out _)++;
            own[sentences[i].Mail] += sentences[i].IsQuoted ? 0 : 1;
            if (!sentences[i].IsOwn)
                continue;
            all++;
            foreach (var (word, count, _) in Vectors[i])
            {
                _total[word] += count;
                _sentencesWith[word]++;
                if (_thread.Mails.Count > 1)
                    (_mails[word] ??= []).Add(sentences[i].Mail);
            }
        }
        var idf = _sentencesWith.ConvertAll(with => MathF.Log(1 + (with > 0 ? all / (float)with : Math.Max(1, all))));
        var centroid = new float[idf.Count];
        for (var i = 0; i < sentences.Count; i++)
        {
            Weigh(Vectors[i], idf);
            if (sentences[i].IsOwn)
                foreach (var (word, _, weight) in Vectors[i])
                    centroid[word] += weight;
        }
        var length = MathF.Sqrt(MathF.Max(1e-9f, (float)centroid.Sum(v => (double)(v * v))));
        var words = Math.Max(1, _total.Sum());
        Values = new float[sentences.Count][];
        for (var i = 0; i < sentences.Count; i++)
        {
            Values[i] = TraitsOf(i, contentWords[i], Dot(i, centroid) / length, words, own[sentences[i].Mail], quotedLater.GetValueOrDefault(sentences[i].Key));
        }
    }

    private float[] TraitsOf(int at, int contentWords, float central, int totalWords, int ownOfMail, int quotedLater)
    {
        var s = _thread.Sentences[at];
        var text = s.Text;
        var words = Words[at];
        var distinct = Vectors[at];
        var last = _thread.Mails.Count - 1;
        var (shared, clues, common) = (0f, 0, 0);
        foreach (var (word, count, _) in distinct)
        {
            shared += Is(_subject.Contains(word));
            clues += _mails[word] is { } mails ? mails.Count - (mails.Contains(s.Mail) ? 1 : 0) : 0;
            common += count * _total[word];
        }
        var kind = Kinds[at];
        var question = text.Contains('?', StringComparison.Ordinal) || text.Contains('？', StringComparison.Ordinal);
        return
        [
            MathF.Log(1 + words), Math.Min(words, 40) / 40f, Is(words <= 3), Is(words <= 6), Is(words > 45),
            Is(s.IsQuoted), Is(s.Repeats), s.IsOwn ? Math.Min(3, quotedLater) : 0, Is(s.IsOwn && quotedLater > 0),
            Is(s.Mail == 0), Is(s.Mail == last), (float)s.Mail / Math.Max(1, last),
            (float)s.OwnPlace / Math.Max(1, ownOfMail), Is(s.OwnPlace == 0), Is(s.OwnPlace == 1), 1f / (1 + s.OwnPlace), s.Mail == 0 ? 1f / (1 + s.OwnPlace) : 0,
            Is(!s.IsQuoted && at > 0 && _thread.Sentences[at - 1].Mail == s.Mail && _thread.Sentences[at - 1].IsQuoted),
            shared / Math.Max(1, _subject.Count), Is(shared > 0),
            central, common * 100f / Math.Max(1, contentWords) / totalWords,
            MathF.Log(1 + clues), (float)clues / Math.Max(1, distinct.Length),
            Is(question), Is(question && s.Mail == 0),
            Is(kind.HasFlag(SentenceKind.Name)), Is(kind.HasFlag(SentenceKind.Politeness)), Is(kind.HasFlag(SentenceKind.Attribution)), Is(kind.HasFlag(SentenceKind.Link)), Is(kind.HasFlag(SentenceKind.Marks)),
            Is(kind.HasFlag(SentenceKind.Asks)), Is(kind.HasFlag(SentenceKind.Opinion)), Is(kind.HasFlag(SentenceKind.Figures)),
            1 / MathF.Sqrt(Math.Max(1, ownOfMail)), Is(char.IsLower(text[0])), Is(text[^1] is '.' or '?' or '!' or '。'),
        ];
    }

    /// <summary>Each different word once, where it comes first, and how often it comes.</summary>
    private WordWeight[] Counted(List<int> content, int sentence)
    {
        var words = new WordWeight[content.Count];
        var count = 0;
        foreach (var word in content)
        {
            if (_last[word].Sentence != sentence)
                _last[word] = (sentence, count++);
            ref var counted = ref words[_last[word].Place];
            counted = new WordWeight(word, counted.Count + 1, 0);
        }
        return count == words.Length ? words : words[..count];
    }

    /// <summary>Makes counts a vector, in place.</summary>
    private static void Weigh(WordWeight[] words, List<float> idf)
    {
        var length = 0f;
        foreach (ref var word in words.AsSpan())
        {
            word = word with { Weight = (1 + (word.Count > 1 ? MathF.Log(word.Count) : 0)) * idf[word.Word] };
            length += word.Weight * word.Weight;
        }
        length = MathF.Sqrt(Math.Max(1e-9f, length));
        foreach (ref var word in words.AsSpan())
            word = word with { Weight = word.Weight / length };
    }

    /// <summary>The vector of a sentence by the numbers of all words.</summary>
    public float[] Whole(int sentence)
    {
        var whole = new float[_total.Count];
        foreach (var (word, _, weight) in Vectors[sentence])
            whole[word] = weight;
        return whole;
    }

    /// <summary>The product of a sentence's vector with one made by <see cref="Whole"/>: the cosine of the two sentences.</summary>
    public float Dot(int sentence, float[] whole)
    {
        var sum = 0f;
        foreach (var (word, _, weight) in Vectors[sentence])
            sum += weight * whole[word];
        return sum;
    }

    /// <summary>The numbers of the words that say something, by the hash of their beginning, so that forms of a word meet. Leaves the text in the buffer.</summary>
    private void ContentOf(string text, List<int> content)
    {
        content.Clear();
        _tokens.Read(text);
        foreach (ref readonly var token in _tokens.Tokens)
            if (token.Kind == TokenKind.Ideograph || (token.Kind != TokenKind.Number && token.Length > 1 && !_stopWords.Contains(token.Hash)))
                content.Add(NumberOf(token.Length <= StemHead ? token.Hash : Hash32.OfFoldedWord(_tokens.FoldedOf(token)[..StemHead])));
    }

    private int NumberOf(uint word)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, word, out var known);
        if (!known)
        {
            number = _total.Count;
            _total.Add(0);
            _sentencesWith.Add(0);
            _mails.Add(null);
            _last.Add((-1, 0));
        }
        return number;
    }

    private static float Is(bool value) => value ? 1 : 0;
}

/// <summary>A content word of a sentence: its number in the thread, how often it comes, and what it weighs in the sentence's vector.</summary>
internal readonly record struct WordWeight(int Word, int Count, float Weight);
