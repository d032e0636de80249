using System.Runtime.CompilerServices;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>The mail that a draft answers.</summary>
/// <param name="Text">Subject and new words.</param>
/// <param name="SenderName">As the header has it.</param>
internal sealed record GroundingMail(string Text, string SenderAddress, string? SenderName);

/// <summary>A passage read for comparison; kept with the passage, since articles are compared thousands of times between two changes.</summary>
internal sealed class GroundingPassage
{
    private static readonly ConditionalWeakTable<Passage, GroundingPassage> s_read = [];

    private GroundingPassage(Passage passage)
    {
        Passage = passage;
        Text = GroundingText.Read(passage.Text, passage.Article.Language);
        var heading = GroundingText.Read($"{passage.Article.Title}. {passage.Heading}", passage.Article.Language).Sentences;
        (Heading, HeadingHashes) = ([.. heading.SelectMany(s => s.Stems)], [.. heading.SelectMany(s => s.Hashes)]);
        // A draft may name what a list is about, as the article does.
        Exact.Add(Key(HashesOf(passage.Heading)));
        Exact.Add(Key(HashesOf(passage.Article.Title)));
        foreach (var sentence in Text.Sentences)
            Exact.Add(Key(sentence.Hashes));
        // An item is quoted whole, and so is a passage of several short sentences.
        foreach (var sentence in passage.Sentences)
            Exact.Add(Key(HashesOf(sentence)));
    }

    public Passage Passage { get; }
    public GroundingText Text { get; }
    /// <summary>Words of title and heading: what the passage is about without saying it again.</summary>
    public HashSet<uint> Heading { get; }
    public uint[] HeadingHashes { get; }
    /// <summary>Sentences word for word.</summary>
    public HashSet<ulong> Exact { get; } = [];

    public static GroundingPassage Of(Passage passage) => s_read.GetValue(passage, static p => new GroundingPassage(p));

    /// <summary>64 bits of a sequence of words; long enough that two sentences do not share it.</summary>
    public static ulong Key(ReadOnlySpan<uint> hashes)
    {
        var key = 14695981039346656037UL;
        foreach (var hash in hashes)
            key = (key ^ hash) * 1099511628211UL ^ (key >> 29);
        return key;
    }

    private static uint[] HashesOf(string sentence)
    {
        var tokens = new TextTokens();
        tokens.Read(sentence);
        var hashes = new uint[tokens.Tokens.Length];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = tokens.Tokens[i].Hash;
        return hashes;
    }
}

/// <summary>Everything a draft may rest on. What only a changed sentence needs is read when the first one asks for it.</summary>
internal sealed class GroundingSources(IReadOnlyList<Passage> passages, GroundingMail mail, ReplyTemplates? templates, string language)
{
    private GroundingText? _mail;
    private HashSet<uint>? _mailStems, _knownWords;
    private IReadOnlyList<string>? _greetings;

    public IReadOnlyList<GroundingPassage> Passages { get; } = [.. passages.Distinct().Select(GroundingPassage.Of)];
    public GroundingMail From => mail;
    public string Language => language;
    public TemplateLines Template { get; } = TemplateLines.Of(templates);
    /// <summary>A passage stands in the language of the draft.</summary>
    public bool HasLanguage { get; } = passages.Count == 0 || passages.Any(p => p.Article.Language == language);

    /// <summary>A greeting of the team with this correspondent's own name in it.</summary>
    public bool IsGreeting(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        foreach (var greeting in _greetings ??= Template.Greetings(mail))
            if (line.SequenceEqual(greeting))
                return true;
        return false;
    }

    public GroundingText Mail => _mail ??= GroundingText.Read(mail.Text, language);

    /// <summary>Words of the mail and of its sender's name.</summary>
    public HashSet<uint> MailStems => _mailStems ??= [.. Mail.Sentences.Concat(Name.Sentences).SelectMany(s => s.Stems)];

    /// <summary>Whole words (not stems) of mail, passages and template, for names.</summary>
    public HashSet<uint> KnownWords => _knownWords ??=
    [
        .. Mail.Sentences.Concat(Name.Sentences).SelectMany(s => s.Hashes), .. Passages.SelectMany(p => p.Text.Sentences).SelectMany(s => s.Hashes),
        .. Passages.SelectMany(p => p.HeadingHashes), .. Template.Words,
    ];

    private GroundingText Name => GroundingText.Read(mail.SenderName ?? "", language);
}
