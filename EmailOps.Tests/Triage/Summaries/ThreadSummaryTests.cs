using EmailOps.Core.Triage.Summaries;

namespace EmailOps.Tests.Triage.Summaries;

public class ThreadSummaryTests
{
    private static readonly SummaryLength s_length = new(60, 0.6);

    private static ThreadText Thread() => new("Broken coffee machine, order 8841",
    [
        ThreadMail.Of("Ann Lee <ann@customer.test>", "Hello,\n\nthe coffee machine of order 8841 leaks water since Monday. I have tried a new seal and it did not help.\nCould you send a replacement before Friday?\n\nKind regards\nAnn"),
        ThreadMail.Of("Support <help@shop.test>", "Dear Ann,\n\n> the coffee machine of order 8841 leaks water since Monday.\n\nwe are sorry about the leak. A replacement machine can leave our warehouse on Wednesday if you send us a photo of the label.\n\nYour support team"),
        ThreadMail.Of("Ann Lee <ann@customer.test>", "Here is the photo of the label. The coffee machine should go to my office, please use the address in Bergen.\n\nOn Tuesday Support wrote:\n> we are sorry about the leak. A replacement machine can leave our warehouse on Wednesday if you send us a photo of the label."),
    ]);

    [Fact]
    public void A_summary_has_only_sentences_of_the_thread_under_the_names_of_who_said_them()
    {
        var thread = Thread();
        var traits = SentenceTraits.Of(thread, "en");
        var chosen = ThreadSummary.Choose(thread, traits, SentenceRanker.BuiltIn.Score(traits), s_length);
        var text = ThreadSummary.Text(thread, chosen);
        foreach (var i in chosen)
            text = Remove(text, thread.Sentences[i].Text);
        Assert.All(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), word => Assert.Contains(word, (string[])["Ann:", "Support:"]));
        Assert.Contains("Could you send a replacement before Friday?", ThreadSummary.Of(thread, "en", s_length), StringComparison.Ordinal);
    }

    [Fact]
    public void Quotations_greetings_and_signatures_are_not_shown()
    {
        var text = ThreadSummary.Of(Thread(), "en", new SummaryLength(500, 1));
        Assert.DoesNotContain(">", text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrote:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Hello", text, StringComparison.Ordinal);
        Assert.DoesNotContain("regards", text, StringComparison.OrdinalIgnoreCase);
        Assert.Single(text.Split("leaks water since Monday"), part => part.Contains("Ann:", StringComparison.Ordinal) && part.Contains("coffee machine", StringComparison.Ordinal) && !part.Contains("seal", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_thread_gives_the_same_summary()
        => Assert.Equal(ThreadSummary.Of(Thread(), "en", s_length), ThreadSummary.Of(Thread(), "en", s_length));

    [Fact]
    public void A_summary_keeps_to_its_length()
    {
        var thread = Long(40, 30);
        foreach (var words in new[] { 20, 60, 180 })
        {
            var text = ThreadSummary.Of(thread, "en", new SummaryLength(words, 1));
            // A name for each mail that speaks comes on top; the first sentence is shown whatever its length.
            Assert.InRange(text.Split(' ').Length, 4, words * 1.6 + 12);
        }
    }

    [Fact]
    public async Task Ten_thousand_sentences_are_summed_up_and_more_are_cut_fairly()
    {
        // The limit only ends a test that would never end: it takes a second.
        var text = await Task.Run(() => ThreadSummary.Of(Long(100, 100), "en", s_length)).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.NotEmpty(text);
        var endless = new ThreadText("subject", [ThreadMail.Of("Ann", "Short and clear question?"), new ThreadMail("Robot", [.. Enumerable.Range(0, 60_000).Select(i => $"line {i} of a log that nobody reads")]), ThreadMail.Of("Ben", "The answer is in the last mail.")]);
        Assert.InRange(endless.Sentences.Count, 3, ThreadText.MostSentences);
        Assert.Contains(endless.Sentences, s => s.Mail == 0);
        Assert.Contains(endless.Sentences, s => s.Mail == 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("> only\n> quoted\n")]
    [InlineData("\0\uD800\uFFFF???")]
    [InlineData("one")]
    public void Nothing_to_say_is_no_error(string text)
    {
        var summary = ThreadSummary.Of(new ThreadText("", [ThreadMail.Of("", text), ThreadMail.Of("<>", text)]), "und", s_length);
        Assert.True(summary.Length <= text.Length + 20);
        Assert.Equal("", ThreadSummary.Of(new ThreadText("", []), "en", s_length));
    }

    [Fact]
    public void An_endless_sentence_is_cut_at_a_word()
    {
        var text = ThreadSummary.Of(new ThreadText("", [ThreadMail.Of("Ann", string.Join(' ', Enumerable.Range(0, 5_000).Select(i => $"word{i}")))]), "en", s_length);
        Assert.EndsWith("word59 …", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ann Lee <ann@x.test>", "Ben Ray <ben@x.test>", "Ann", "Ben")]
    [InlineData("Ann Lee", "Ann Ray", "Ann Lee", "Ann Ray")]
    [InlineData("\"Lee, Ann\" <ann@x.test>", "ben@x.test", "Ann", "ben")]
    public void Speakers_are_named_shortly_but_never_mixed_up(string first, string second, string firstName, string secondName)
        => Assert.Equal([firstName, secondName], SpeakerNames.Of([new ThreadMail(first, []), new ThreadMail(second, [])]));

    [Fact]
    public void A_ranker_learns_what_people_chose()
    {
        var thread = Long(30, 20);
        var traits = SentenceTraits.Of(thread, "en");
        // Worth showing: the first sentence of each mail, nothing else.
        var ranker = SentenceRanker.Fit(traits.Values, [.. thread.Sentences.Select(s => s.OwnPlace == 0 ? 1f : 0)]);
        var worth = ranker.Score(traits);
        var best = Enumerable.Range(0, worth.Length).OrderByDescending(i => worth[i]).Take(30).ToList();
        Assert.All(best, i => Assert.Equal(0, thread.Sentences[i].OwnPlace));
    }

    private static string Remove(string text, string sentence)
    {
        Assert.Contains(sentence, text, StringComparison.Ordinal);
        return text.Replace(sentence, "", StringComparison.Ordinal);
    }

    private static ThreadText Long(int mails, int sentences)
    {
        var random = new Random(7);
        return new ThreadText("Order of a machine", Enumerable.Range(0, mails).Select(m => new ThreadMail($"Person{m % 9}", [.. Enumerable.Range(0, sentences).Select(s => $"In mail {m} we say thing {s} about {string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"topic{random.Next(400)}"))}.")])));
    }
}
