using System.Runtime.CompilerServices;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts;

/// <summary>A question with the passage that answers it.</summary>
internal sealed record Answer(string Question, PassageHit Hit);

/// <summary>A reply made of the team's own sentences.</summary>
internal sealed record ComposedReply(string Body, string Language, IReadOnlyList<Citation> Citations);

/// <summary>
/// Writes a reply from sentences of articles: greeting, the passages that answer, sign-off. Every sentence between greeting and sign-off
/// stands word for word in an article, so each can be traced.
/// </summary>
internal sealed class ReplyComposer(ReplyTemplates templates)
{
    /// <summary>Characters quoted from one passage; longer passages give their best sentences.</summary>
    private const int PassageLimit = 480;
    private const int MostPassages = 3;

    /// <summary>Words of the sentences of a passage, kept with it: it is quoted thousands of times between two changes.</summary>
    private static readonly ConditionalWeakTable<Passage, HashSet<uint>[]> s_stems = [];

    /// <param name="language">ISO 639-1 of the mail.</param>
    /// <param name="name">The correspondent's name as the header has it; null when unknown.</param>
    public ComposedReply Compose(IReadOnlyList<Answer> answers, string language, string? name)
    {
        var own = templates.LanguageFor(language);
        var template = templates.ByLanguage[own];
        var body = new StringBuilder();
        body.Append(Salutation(template, name));
        List<Citation> citations = [];
        var readable = answers.Where(a => a.Hit.Passage.Article.Language == own).ToList();
        if (readable.Count == 0 && templates.Fallback.TryGetValue(own, out var fallback))
        {
            // Nobody is answered in two languages: a person reads the cited passage and answers.
            citations.AddRange(answers.DistinctBy(a => a.Hit.Passage).Take(MostPassages).Select(a => a.Hit.ToCitation()));
            body.Append("\n\n").AppendJoin('\n', fallback);
        }
        else
        {
            body.Append("\n\n").Append(template.Intro);
            var groups = (readable.Count == 0 ? answers : readable).GroupBy(a => a.Hit.Passage).Take(MostPassages).ToList();
            foreach (var group in groups)
            {
                var quote = Quote(group.Key, string.Join(' ', group.Select(a => a.Question)));
                body.Append("\n\n").Append(Lead(group.Key, quote, groups.Count > 1)).Append(quote);
                citations.Add(group.First().Hit.ToCitation(quote));
            }
        }
        body.Append("\n\n").Append(template.SignOff.Replace("{team}", templates.Team, StringComparison.Ordinal));
        return new ComposedReply(body.ToString(), own, citations);
    }

    /// <summary>Paragraphs of somebody else between our greeting and sign-off.</summary>
    public ComposedReply Frame(IReadOnlyList<string> paragraphs, IReadOnlyList<Citation> citations, string language, string? name)
    {
        var own = templates.LanguageFor(language);
        var template = templates.ByLanguage[own];
        return new ComposedReply($"{Salutation(template, name)}\n\n{string.Join("\n\n", paragraphs)}\n\n{template.SignOff.Replace("{team}", templates.Team, StringComparison.Ordinal)}", own, citations);
    }

    private static string Salutation(ReplyTemplate template, string? name)
        => CorrespondentName.Of(name) is { } usable ? template.Greeting.Replace("{name}", usable, StringComparison.Ordinal) : template.GreetingWithoutName;

    /// <summary>A list, or one of several answers, says first what it is about: the heading it stands under.</summary>
    private static string Lead(Passage passage, string quote, bool isOneOfSeveral)
        => !isOneOfSeveral && !quote.StartsWith(Passage.ItemMark, StringComparison.Ordinal) ? ""
            : (passage.Heading.Length > 0 ? passage.Heading : passage.Article.Title).TrimEnd(':', '.') is var heading && heading.EndsWith('?') ? heading + "\n" : heading + ":\n";

    private static string Quote(Passage passage, string question)
    {
        if (passage.Text.Length <= PassageLimit)
            return passage.Text;
        var asked = Stems(question, passage.Article.Language);
        var scores = new double[passage.Sentences.Count];
        var sentences = s_stems.GetValue(passage, static p => [.. p.Sentences.Select(s => Stems(s, p.Article.Language))]);
        for (var i = 0; i < scores.Length; i++)
        {
            var shared = sentences[i].Count(asked.Contains);
            // The sentences right after one that answers tell how; the first says what it is about.
            scores[i] += shared + (i == 0 ? 0.9 : 0.5 / i);
            if (i + 1 < scores.Length)
                scores[i + 1] += shared * 0.4;
        }
        var chosen = new SortedSet<int>();
        var length = 0;
        foreach (var i in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i))
            if (length + passage.Sentences[i].Length <= PassageLimit || chosen.Count == 0)
            {
                chosen.Add(i);
                length += passage.Sentences[i].Length + 1;
            }
        return Passage.Flow(chosen.Select(i => passage.Sentences[i]));
    }

    private static HashSet<uint> Stems(string text, string language)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        var stems = new HashSet<uint>();
        foreach (var token in tokens.Tokens)
            if (!StopWords.Contains(token.Hash, language))
                stems.Add(Terms.Of(tokens, token, language));
        return stems;
    }
}
