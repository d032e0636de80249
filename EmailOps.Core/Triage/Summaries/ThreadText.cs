using System.Buffers;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Summaries;

/// <summary>One mail of a thread as the summariser reads it.</summary>
/// <param name="Speaker">The From field: a name, an address, or both.</param>
/// <param name="Sentences">In order; quoted lines may stand among them.</param>
internal sealed record ThreadMail(string Speaker, IReadOnlyList<string> Sentences)
{
    /// <summary>Sentences a mail is read to: what matters stands in its first pages.</summary>
    private const int MostSentences = 400;

    public static ThreadMail Of(string speaker, string text)
    {
        List<string> sentences = [];
        List<Sentence> found = [];
        // Quoted lines are cut off first, so that no sentence runs from a quote into an answer.
        foreach (var block in Blocks(text.ReplaceLineEndings("\n")))
        {
            found.Clear();
            Learning.Sentences.Split(block, 0, found);
            sentences.AddRange(found.Take(MostSentences - sentences.Count).Select(s => Join(s.Of(block))));
            if (sentences.Count >= MostSentences)
                break;
        }
        return new ThreadMail(speaker, sentences);
    }

    private static IEnumerable<string> Blocks(string text)
    {
        var start = 0;
        bool? quoted = null;
        for (var at = 0; at < text.Length;)
        {
            var is_ = SaidSentence.LooksQuoted(text.AsSpan(at));
            if (quoted is { } before && before != is_)
            {
                yield return text[start..at];
                start = at;
            }
            quoted = is_;
            var next = text.IndexOf('\n', at);
            // Each quoted line stands alone: the marks inside would make one sentence unreadable.
            if (is_ && next >= 0)
                quoted = null;
            if (is_)
            {
                yield return text[start..(next < 0 ? text.Length : next + 1)];
                start = next < 0 ? text.Length : next + 1;
            }
            at = next < 0 ? text.Length : next + 1;
        }
        if (start < text.Length)
            yield return text[start..];
    }

    private static string Join(ReadOnlySpan<char> sentence) => sentence.IndexOf('\n') < 0 ? sentence.ToString() : string.Join(' ', sentence.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>A sentence of a thread and where it stands.</summary>
/// <param name="Place">Among the sentences of its mail, quotes included.</param>
/// <param name="OwnPlace">Among those that are the mail's own.</param>
/// <param name="Repeats">It stands in an earlier mail word for word, with quotation marks or without.</param>
/// <param name="Key">The same for a wrapped or quoted copy.</param>
internal sealed record SaidSentence(int Mail, int Place, int OwnPlace, string Text, bool IsQuoted, bool Repeats, string Key)
{
    public bool IsOwn => !IsQuoted && !Repeats;

    public static bool LooksQuoted(ReadOnlySpan<char> text) => text.TrimStart(" \t") is ['>', ..] or ['|', ' ', ..];
}

/// <summary>A thread, oldest mail first, cut into sentences.</summary>
internal sealed class ThreadText
{
    /// <summary>Sentences a thread is read to; the rest is left out from the middle mails' ends, see <see cref="Fair"/>.</summary>
    public const int MostSentences = 10_000;
    private const int MostMails = 500;
    /// <summary>Shorter sentences ("Yes.") may be said twice without being quoted.</summary>
    private const int LeastRepeated = 12;

    public ThreadText(string subject, IEnumerable<ThreadMail> mails)
    {
        Subject = subject;
        Mails = [.. mails.Take(MostMails)];
        var share = Fair(Mails);
        List<SaidSentence> sentences = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var mail = 0; mail < Mails.Count; mail++)
        {
            var own = 0;
            for (var place = 0; place < Math.Min(share, Mails[mail].Sentences.Count); place++)
            {
                var text = Mails[mail].Sentences[place].Trim();
                if (text.Length == 0)
                    continue;
                var key = Key(text);
                var quoted = SaidSentence.LooksQuoted(text);
                var repeats = key.Length >= LeastRepeated && !seen.Add(key);
                sentences.Add(new SaidSentence(mail, place, own, text, quoted, repeats && !quoted, key));
                own += quoted ? 0 : 1;
            }
        }
        Sentences = sentences;
    }

    public string Subject { get; }
    public IReadOnlyList<ThreadMail> Mails { get; }
    public IReadOnlyList<SaidSentence> Sentences { get; }

    private static readonly SearchValues<char> s_marks = SearchValues.Create(" \t\n>|.,;:!?\"'()-*");

    /// <summary>Words without marks and spacing, so that a wrapped or quoted copy is known again.</summary>
    private static string Key(string text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        var (length, between) = (0, false);
        foreach (var c in text.ToLowerInvariant())
        {
            if (s_marks.Contains(c))
            {
                between = length > 0;
                continue;
            }
            if (between)
                buffer[length++] = ' ';
            buffer[length++] = c;
            between = false;
        }
        var key = new string(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return key;
    }

    /// <summary>How many sentences of each mail are read, so that one endless mail does not push out the others.</summary>
    private static int Fair(IReadOnlyList<ThreadMail> mails)
    {
        var share = MostSentences;
        while (share > 1 && mails.Sum(m => Math.Min(share, m.Sentences.Count)) > MostSentences)
            share = share * 3 / 4;
        return share;
    }
}
