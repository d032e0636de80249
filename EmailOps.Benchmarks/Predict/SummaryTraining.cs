using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Summaries;

namespace EmailOps.Benchmarks.Predict;

/// <summary>Fits rankers and lengths to summaries that people wrote.</summary>
internal static class SummaryTraining
{
    private static readonly int[] s_words = [12, 16, 20, 26, 34, 44, 60, 80, 110, 150, 180];
    private static readonly double[] s_shares = [0.25, 0.3, 0.35, 0.4, 0.45, 0.6];
    private static readonly double[] s_marks = [0.2, 0.24, 0.28, 0.32, 0.36, 0.4];
    /// <summary>Content words below which a sentence is not judged by its share of words in the summary.</summary>
    private const int LeastContent = 4;
    /// <summary>Lengths are tried on this many rows.</summary>
    private const int MostRows = 200;

    public static SummaryModel Fit(IReadOnlyList<SummaryRow> rows)
    {
        var show = Fit(rows, Used);
        var mark = rows.Any(r => r.Marked.Count > 0) ? Fit([.. rows.Where(r => r.Marked.Count > 0)], Marked) : show;
        var best = new SummaryModel(show, mark, default, s_marks[0]);
        var most = -1.0;
        foreach (var words in s_words)
            foreach (var share in s_shares)
            {
                var model = best with { Length = new SummaryLength(words, share) };
                var score = rows.Take(MostRows).Average(r => Overlap(r, model.Of(r).Text));
                if (score > most)
                    (most, best) = (score, model);
            }
        most = -1;
        foreach (var share in s_marks)
        {
            var model = best with { SentenceShare = share };
            var score = rows.Take(MostRows).Average(r => Agreement(r, model));
            if (score > most)
                (most, best) = (score, model);
        }
        return best;
    }

    private static SentenceRanker Fit(IReadOnlyList<SummaryRow> rows, Func<SummaryRow, float[]> worth)
        => SentenceRanker.Fit([.. rows.SelectMany(r => r.Traits.Values)], [.. rows.SelectMany(worth)]);

    /// <summary>Share of the people who marked each sentence.</summary>
    internal static float[] Marked(SummaryRow row)
    {
        var marked = row.Marked;
        return [.. row.SentenceIds.Select(id => marked.Count(m => m.Contains(id)) / (float)marked.Count)];
    }

    /// <summary>Share of each sentence's content words that people's summaries have.</summary>
    internal static float[] Used(SummaryRow row)
    {
        var references = row.References.Select(r => Words(r, content: true).ToHashSet()).ToList();
        return [.. row.Thread.Sentences.Select(s =>
        {
            var words = Words(s.Text, content: true);
            return references.Count == 0 ? 0 : references.Average(r => words.Count(r.Contains) / (float)Math.Max(LeastContent, words.Count));
        })];
    }

    /// <summary>F1 of shared words, best of the references.</summary>
    private static double Overlap(SummaryRow row, string text)
    {
        var own = Words(text, content: false).CountBy(w => w).ToDictionary();
        var best = 0.0;
        foreach (var reference in row.References)
        {
            var words = Words(reference, content: false);
            var shared = words.CountBy(w => w).Sum(w => Math.Min(w.Value, own.GetValueOrDefault(w.Key)));
            best = Math.Max(best, 2.0 * shared / Math.Max(1, words.Count + own.Values.Sum()));
        }
        return best;
    }

    private static double Agreement(SummaryRow row, SummaryModel model)
    {
        if (row.Marked.Count == 0)
            return 0;
        var chosen = model.Of(row).Sentences.Select(i => row.SentenceIds[i]).ToList();
        return row.Marked.Average(m => 2.0 * chosen.Count(m.Contains) / Math.Max(1, chosen.Count + m.Count));
    }

    private static List<uint> Words(string text, bool content)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        List<uint> words = [];
        foreach (ref readonly var token in tokens.Tokens)
            if (!content || !StopWords.Contains(token.Hash, "en"))
                words.Add(token.Hash);
        return words;
    }
}
