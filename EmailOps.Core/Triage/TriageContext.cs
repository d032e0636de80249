using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Lexicons;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage;

/// <summary>
/// What the agents share: what came in (never changed), what was derived from it once, and what agents found (only added to).
/// Buffers are used again for the next message; one context serves one message at a time.
/// </summary>
internal sealed class TriageContext
{
    /// <summary>New words are read to this length (UTF-16 units); what a mail wants stands in its first pages.</summary>
    public const int ReadLimit = 16_000;
    /// <summary>Quoted history is searched for attacks to this length.</summary>
    public const int HistoryLimit = 32_000;

    private readonly List<Token> _stems = [];

    /// <summary>What came in.</summary>
    public IncomingMessage Message { get; private set; } = null!;

    /// <summary>Subject, line break, new words; without invisible characters. Read once for all agents.</summary>
    public TextTokens Text { get; } = new();
    /// <summary>Where the new words begin in <see cref="Text"/>.</summary>
    public int BodyStart { get; private set; }
    /// <summary>The first token of the new words.</summary>
    public int BodyToken { get; private set; }
    /// <summary>Sentences of the new words.</summary>
    public List<Sentence> Sentences { get; } = [];
    /// <summary>Letters and capitals of the subject, and of the new words.</summary>
    public LetterCount SubjectLetters { get; private set; }
    public LetterCount BodyLetters { get; private set; }
    /// <summary>What was invisible in subject and new words.</summary>
    public InvisibleCharacters Invisible { get; private set; }
    /// <summary>What Unicode tag characters spell; empty as a rule.</summary>
    public string Tagged { get; private set; } = "";

    public Findings Found { get; private set; } = new();

    /// <summary>Lists that agents may use while they run.</summary>
    public List<PhraseHit> PhraseHits { get; } = [];
    public List<CueHit> CueHits { get; } = [];
    public FeatureVector Features { get; } = new();
    public ConceptHits Concepts { get; } = new();

    public ReadOnlySpan<Token> BodyTokens => Text.Tokens[BodyToken..];

    public void Begin(IncomingMessage message)
    {
        Message = message;
        Found = new Findings();
        var visible = WordsOf(message.Subject, message.NewText, out var invisible, out var tagged);
        (Invisible, Tagged) = (invisible, tagged);
        BodyStart = visible.IndexOf('\n', StringComparison.Ordinal) + 1;
        Text.Read(visible);
        BodyToken = Text.TokenAt(BodyStart);
        (SubjectLetters, BodyLetters) = (LetterCount.Of(visible.AsSpan(0, BodyStart)), LetterCount.Of(visible.AsSpan(BodyStart)));
        _stems.Clear();
        Sentences.Clear();
        Learning.Sentences.Split(visible, BodyStart, Sentences);
    }

    /// <summary>Subject, line break, new words, without what nobody sees: the text that all agents, and lessons, are about.</summary>
    public static string WordsOf(string subject, string newText, out InvisibleCharacters invisible, out string tagged)
    {
        newText = WithoutQuotes(newText.Length <= ReadLimit ? newText : newText[..ReadLimit]);
        subject = subject.Length <= 1_000 ? subject : subject[..1_000];
        return VisibleText.Of($"{subject}\n{newText}", out invisible, out tagged);
    }

    /// <summary>The tokens with the hashes of their stems in the language found; made once, when first asked for.</summary>
    public ReadOnlySpan<Token> Stems
    {
        get
        {
            if (_stems.Count == 0)
                CueMatcher.Stem(Text, Found.Language, _stems);
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_stems);
        }
    }

    /// <summary>Answers between quoted lines are new, the quoted lines are not: they are ours, most often.</summary>
    private static string WithoutQuotes(string text)
    {
        if (!text.StartsWith('>') && !text.Contains("\n>", StringComparison.Ordinal))
            return text;
        var kept = text.Split('\n').Where(line => !line.AsSpan().TrimStart().StartsWith(">"));
        return string.Join('\n', kept) is { } own && !string.IsNullOrWhiteSpace(own) ? own : text;
    }

    /// <summary>Index of the first token of a sentence and how many it has.</summary>
    public (int First, int Count) TokensOf(in Sentence sentence)
    {
        var first = Text.TokenAt(sentence.Start);
        return (first, Text.TokenAt(sentence.End) - first);
    }

    /// <summary>At most 200 characters of the text, as evidence beside a signal.</summary>
    public string Evidence(int start, int length) => Clip(Text.Text.AsSpan(start, length));

    public static string Clip(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text.Length <= 200 ? text.ToString() : string.Concat(text[..199], "…");
    }
}
