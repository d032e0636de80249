using System.Globalization;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Learning.Redaction;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Analytics;

/// <summary>What patterns are looked for in: one message.</summary>
/// <param name="Words">The beginning of what was newly written.</param>
/// <param name="IsAutomatic">Decided without a person.</param>
/// <param name="IsUnanswered">It wanted an answer, and its draft cites no article, or it has none.</param>
/// <param name="Answer">What a person approved; null when nobody did.</param>
internal sealed record PatternRow(long Id, long ThreadId, string Subject, string From, string Language, string? Category, bool IsAutomatic, bool IsUnanswered, string Words, string? Answer);

/// <summary>Finds what keeps coming, and what no article answers. Pure: messages in, report out.</summary>
internal static class PatternFinder
{
    public const int MostUnanswered = 5_000;
    private const int Least = 3, MostListed = 50, MostCandidates = 20, Examples = 5, Questions = 3, Terms = 6, MostExcerpt = 300, MostTitle = 120;

    /// <param name="rows">Newest first.</param>
    public static PatternReport Find(DateTimeOffset at, string by, int days, IReadOnlyList<PatternRow> rows)
    {
        var subjects = rows.Select(r => (Row: r, Key: ThreadSubject.Key(r.Subject))).Where(r => r.Key is not null).GroupBy(r => Numberless(r.Key!), r => r.Row, StringComparer.Ordinal)
            // Answers within one thread are one conversation, not a pattern.
            .Where(g => g.Select(r => r.ThreadId).Distinct().Take(Least).Count() == Least)
            .Select(g => new RecurringSubject(g.Key, g.Count(), g.Select(r => r.From).Distinct(StringComparer.OrdinalIgnoreCase).Count(), Most(g), Automatic(g), g.First().Id))
            .OrderByDescending(s => s.Messages).ThenBy(s => s.Pattern, StringComparer.Ordinal).Take(MostListed);
        var senders = rows.GroupBy(r => r.From, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() >= Least)
            .Select(g => new RecurringSender(g.Key, g.Count(), g.Select(r => r.ThreadId).Distinct().Count(), Most(g), Automatic(g)))
            .OrderByDescending(s => s.Messages).ThenBy(s => s.Address, StringComparer.Ordinal).Take(MostListed);
        var topics = Topics([.. rows.Where(r => r.IsUnanswered).Take(MostUnanswered)]);
        return new PatternReport(0, at, by, days, rows.Count, [.. subjects], [.. senders], [.. topics.Select(t => t.Topic).Take(MostListed)],
            [.. topics.Take(MostCandidates).Select((t, i) => Candidate(i + 1, t.Topic, t.Rows))]);
    }

    private static List<(UnansweredTopic Topic, IReadOnlyList<PatternRow> Rows)> Topics(IReadOnlyList<PatternRow> rows)
    {
        List<(UnansweredTopic Topic, IReadOnlyList<PatternRow> Rows)> topics = [];
        // An article is written in one language.
        foreach (var language in rows.GroupBy(r => r.Language, StringComparer.Ordinal))
        {
            var all = language.ToArray();
            var words = all.Select(r => WordsOf($"{r.Subject} {r.Words}", language.Key)).ToArray();
            var everywhere = words.SelectMany(w => w).GroupBy(w => w, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            foreach (var cluster in TopicClusters.Group([.. all.Select(r => $"{r.Subject}\n{r.Words}")], Least))
            {
                PatternRow[] members = [.. cluster.Members.Select(i => all[i])];
                // One customer who asks three times is no topic.
                if (members.Select(r => r.From).Distinct(StringComparer.OrdinalIgnoreCase).Take(2).Count() < 2) continue;
                var terms = cluster.Members.SelectMany(i => words[i]).GroupBy(w => w, StringComparer.Ordinal).Where(g => g.Count() >= Math.Max(2, members.Length / 4))
                    .OrderByDescending(g => (double)g.Count() / members.Length * Math.Log((all.Length + 1.0) / everywhere[g.Key] + 1)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).Take(Terms);
                topics.Add((new UnansweredTopic(Title(members), language.Key, Most(members), members.Length, [.. terms], [.. members.Take(Examples).Select(r => r.Id)]), members));
            }
        }
        topics.Sort((a, b) => b.Topic.Messages.CompareTo(a.Topic.Messages));
        return topics;
    }

    private static ArticleCandidate Candidate(int number, UnansweredTopic topic, IReadOnlyList<PatternRow> rows)
    {
        var draft = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{topic.Messages} messages asked about this. What they wrote, without names and numbers:\n\n");
        foreach (var row in rows.Take(Questions)) draft.Append("> ").Append(Excerpt(row.Words)).Append("\n\n");
        var answers = rows.Where(r => !string.IsNullOrWhiteSpace(r.Answer)).ToArray();
        draft.Append(answers.Length > 0 ? "## What was answered\n\n" : "## Answer\n\nWrite here what is true for everybody who asks this.\n");
        if (answers.Length > 0) draft.Append(Hidden(answers[0].Answer!)).Append('\n');
        return new ArticleCandidate(number, topic.Title, topic.Language, topic.Category, topic.Messages, answers.Length, topic.Terms, draft.ToString(), topic.Examples);
    }

    /// <summary>The shortest subject of the most typical that says something; else their first words.</summary>
    private static string Title(PatternRow[] typical)
    {
        var subject = typical.Take(Examples).Select(r => Mail.Automated.SubjectPrefix.Strip(r.Subject).ToString().Trim()).Where(s => ThreadSubject.Key(s) is not null).OrderBy(s => s.Length).FirstOrDefault();
        return StoredText.Cut(Hidden(subject ?? Excerpt(typical[0].Words)), MostTitle);
    }

    private static string Excerpt(string text) => StoredText.Cut(Hidden(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))), MostExcerpt);

    /// <summary>An article is read by everybody: personal data of those who asked has no place in it.</summary>
    private static string Hidden(string text) => new Redaction().Hide(text);

    private static string[] WordsOf(string text, string language)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        HashSet<string> words = new(StringComparer.Ordinal);
        foreach (ref readonly var token in tokens.Tokens)
            if (token.Kind == TokenKind.Word && token.Length > 2 && !StopWords.Contains(token.Hash, language)) words.Add(tokens.FoldedOf(token).ToString());
        return [.. words];
    }

    private static string Numberless(string key)
        => string.Join(' ', key.Split(' ').Select(w => w.Any(char.IsDigit) ? "#" : w));

    private static string? Most(IEnumerable<PatternRow> rows) => rows.Where(r => r.Category is not null).GroupBy(r => r.Category, StringComparer.Ordinal).OrderByDescending(g => g.Count()).FirstOrDefault()?.Key;

    private static double Automatic(IEnumerable<PatternRow> rows) => Math.Round(rows.Average(r => r.IsAutomatic ? 1.0 : 0), 3);
}
