using System.Text.Json;
using EmailOps.Core.Knowledge.Ranking;

namespace EmailOps.Tests.Knowledge.Ranking;

public class EntryRankerTests
{
    private static readonly Entry[] s_entries =
    [
        new("Returning an item", ["Print the label and bring the parcel to a post office within thirty days."]),
        new("Delivery times", ["Parcels to Norway take five days, parcels to Iceland take a week."]),
        new("Resetting a password", ["Open the account page and choose a new password. The link is valid for an hour."]),
        new("Gift cards", ["A gift card is valid for three years and can be used for several orders."]),
    ];

    [Theory]
    [InlineData("How long does a parcel take to Norway?", 1)]
    [InlineData("I forgot my pasword and cannot log in to my acount", 2)]
    [InlineData("giftcard still valid?", 3)]
    public void The_entry_that_answers_comes_first_also_when_misspelt(string question, int entry)
        => Assert.Equal(entry, EntryRanker.Top(new EntryRanker(s_entries, [], "en", RankingWeights.Asked).Score(question), 1)[0]);

    [Fact]
    public void A_way_it_was_asked_for_before_is_known_again()
    {
        const string question = "my coat is too small, what now";
        var taught = new EntryRanker(s_entries, [new KnownQuestion(question, new Dictionary<int, int> { [0] = 1 })], "en", RankingWeights.Asked);
        Assert.Equal(0, EntryRanker.Top(taught.Score("the coat I ordered is too small"), 1)[0]);
    }

    [Fact]
    public void Nothing_and_strange_input_are_ranked_too()
    {
        var ranker = new EntryRanker(s_entries, [], "en", RankingWeights.Plain);
        foreach (var text in new[] { "", "\0\uD800", new string('x', 100_000), "🙂🙂", "の返品" })
            Assert.All(ranker.Score(text), s => Assert.True(float.IsFinite(s)));
    }

    /// <summary>Half of the known paraphrases find the entries of the other half; the bar of the whole set, with weights that were not learned from it.</summary>
    [Fact]
    public void Paraphrases_find_their_entry()
    {
        if (SharedData.Find("retrieval-stackfaq") is not { } folder)
            return;
        var (ids, entries) = Read(folder, e => [.. e.GetProperty("answers").EnumerateArray().Select(a => a.GetString()!)]);
        var known = Known(folder, ids);
        var ranker = new EntryRanker(entries, [.. known.Where((_, i) => i % 2 == 0)], "en", RankingWeights.Asked);
        var asked = known.Where((_, i) => i % 2 == 1).ToList();
        var ranks = asked.ConvertAll(q => Array.IndexOf(EntryRanker.Top(ranker.Score(q.Text), 10), q.Relevant.Keys.Single()));
        var reciprocal = ranks.Average(r => r < 0 ? 0 : 1.0 / (r + 1));
        var first = ranks.Count(r => r == 0) / (double)ranks.Count;
        Assert.True(reciprocal >= 0.86 && first >= 0.78, $"MRR@10 {reciprocal:0.000}, first {first:0.000}");
    }

    [Fact]
    public void Abstracts_are_ranked_by_how_much_they_answer()
    {
        if (SharedData.Find("retrieval-cranfield") is not { } folder)
            return;
        var (ids, entries) = Read(folder, e => [e.GetProperty("text").GetString()![e.GetProperty("title").GetString()!.Length..]]);
        var ranker = new EntryRanker(entries, [], "en", RankingWeights.Plain);
        var gain = Known(folder, ids).Where((_, i) => i % 2 == 0).Average(q => RankingWeights.Gain(EntryRanker.Top(ranker.Score(q.Text), 10), q.Relevant));
        Assert.True(gain >= 0.53, $"nDCG@10 {gain:0.000}");
    }

    private static (Dictionary<string, int> Ids, List<Entry> Entries) Read(string folder, Func<JsonElement, IReadOnlyList<string>> texts)
    {
        var lines = Lines(Path.Combine(folder, "corpus.jsonl"));
        return (lines.Index().ToDictionary(l => l.Item.GetProperty("doc_id").GetString()!, l => l.Index), lines.ConvertAll(l => new Entry(l.GetProperty("title").GetString()!, texts(l))));
    }

    private static List<KnownQuestion> Known(string folder, Dictionary<string, int> ids)
        => Lines(Path.Combine(folder, "queries.jsonl")).ConvertAll(q => new KnownQuestion(q.GetProperty("query").GetString()!,
            q.GetProperty("relevant").EnumerateObject().Where(p => ids.ContainsKey(p.Name)).ToDictionary(p => ids[p.Name], p => p.Value.GetInt32())));

    private static List<JsonElement> Lines(string path) => [.. File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement)];
}
