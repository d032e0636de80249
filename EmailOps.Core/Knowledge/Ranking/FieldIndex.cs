namespace EmailOps.Core.Knowledge.Ranking;

/// <param name="Weight">How much one occurrence counts before saturation.</param>
/// <param name="LengthShare">How much long fields are held back, 0-1 (b of BM25).</param>
internal readonly record struct Field(float Weight, float LengthShare);

/// <summary>BM25F over any number of fields (Robertson and Zaragoza 2009, section 3.6). Immutable, thread-safe.</summary>
internal sealed class FieldIndex
{
    private readonly Dictionary<uint, Posting[]> _postings = [];
    private readonly float _saturation;

    private readonly record struct Posting(int Entry, float Score);

    /// <param name="entries">Of each entry the terms of each field.</param>
    public FieldIndex(IReadOnlyList<IReadOnlyList<uint>[]> entries, Field[] fields, float saturation)
    {
        _saturation = saturation;
        Count = entries.Count;
        var average = fields.Select((_, f) => Math.Max(1e-3, entries.Count == 0 ? 1 : entries.Average(e => e[f].Count))).ToArray();
        var lists = new Dictionary<uint, List<Posting>>();
        for (var i = 0; i < entries.Count; i++)
        {
            var counts = new Dictionary<uint, float>();
            for (var f = 0; f < fields.Length; f++)
            {
                var each = fields[f].Weight / (float)(1 - fields[f].LengthShare + fields[f].LengthShare * entries[i][f].Count / average[f]);
                foreach (var term in entries[i][f])
                    counts[term] = counts.GetValueOrDefault(term) + each;
            }
            foreach (var (term, count) in counts)
            {
                if (!lists.TryGetValue(term, out var list))
                    lists[term] = list = [];
                list.Add(new Posting(i, count));
            }
        }
        foreach (var (term, list) in lists)
        {
            var rarity = MathF.Log(1 + (Count - list.Count + 0.5f) / (list.Count + 0.5f));
            _postings[term] = [.. list.Select(p => p with { Score = rarity * p.Score / (p.Score + _saturation) })];
        }
    }

    public int Count { get; }

    /// <summary>The score of every entry for a question; a term asked twice counts once.</summary>
    public float[] Score(IEnumerable<uint> question)
    {
        var scores = new float[Count];
        foreach (var term in question.Distinct())
            if (_postings.TryGetValue(term, out var postings))
                foreach (var posting in postings)
                    scores[posting.Entry] += posting.Score;
        return scores;
    }
}
