using System.Text;
using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Analytics;

[Collection(SampleInstallation.Name)]
public sealed class PatternTests(SampleInstallation installation)
{
    private static PatternRow Row(long id, string subject, string words, string from = "", bool unanswered = true, string? answer = null, string? category = "products", bool automatic = false)
        => new(id, id, subject, from.Length > 0 ? from : $"customer{id}@mail.example", "en", category, automatic, unanswered, words, answer);

    private static PatternReport Find(params PatternRow[] rows) => PatternFinder.Find(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), "Olga", 30, rows);

    [Fact]
    public void Questions_that_no_article_answers_become_one_candidate_with_what_a_person_answered_and_without_their_data()
    {
        var report = Find(
            Row(1, "Can I wash the wool jumper?", "Hello, can I put my wool jumper in the washing machine or do I wash it by hand? I am Jane, jane.doe@mail.example, +44 20 7946 0958."),
            Row(2, "Washing the wool jumper", "How do I wash the wool jumper? Is the washing machine all right for wool?"),
            Row(3, "Re: wool jumper washing", "May I wash a jumper of wool in the machine? At how many degrees do you wash wool?", answer: "Wash wool by hand at 20 degrees. Write to jane.doe@mail.example."),
            Row(4, "Invoice for order 4711", "Please send me the invoice for my order, accounting needs it."),
            Row(5, "Do you ship to Norway?", "What does shipping to Norway cost, and how long does it take?"));

        var candidate = Assert.Single(report.Candidates);
        Assert.Equal((1, 3, 1, "en", "products"), (candidate.Number, candidate.Messages, candidate.Answered, candidate.Language, candidate.Category));
        Assert.Equal([1L, 2, 3], candidate.Examples.Order());
        Assert.Contains("wool", candidate.Keywords);
        Assert.Contains("Wash wool by hand at 20 degrees.", candidate.Draft, StringComparison.Ordinal);
        Assert.DoesNotContain("jane.doe", candidate.Draft, StringComparison.Ordinal);
        Assert.DoesNotContain("7946", candidate.Draft, StringComparison.Ordinal);
        Assert.Equal(candidate.Title, Assert.Single(report.Unanswered).Title);
    }

    [Fact]
    public void One_customer_who_insists_is_no_topic_and_what_an_article_answered_is_none_either()
    {
        const string Words = "How do I wash the wool jumper, in the machine or by hand?";
        Assert.Empty(Find(Row(1, "Wash wool", Words, "a@b.example"), Row(2, "Wash wool", Words, "A@B.example"), Row(3, "Wash wool", Words, "a@b.example")).Candidates);
        Assert.Empty(Find(Row(1, "Wash wool", Words, unanswered: false), Row(2, "Wash wool", Words, unanswered: false), Row(3, "Wash wool", Words, unanswered: false)).Candidates);
    }

    [Fact]
    public void Subjects_are_the_same_whatever_their_numbers_and_one_thread_is_one()
    {
        var report = Find(
            Row(1, "Where is my order 12345?", "x", automatic: true), Row(2, "Where is my order 998?", "y"), Row(3, "RE: where is my order 7", "z"),
            Row(4, "Quarterly newsletter of ours", "x") with { ThreadId = 4 }, Row(5, "Re: Quarterly newsletter of ours", "x") with { ThreadId = 4 }, Row(6, "Re: Quarterly newsletter of ours", "x") with { ThreadId = 4 });

        var subject = Assert.Single(report.Subjects);
        Assert.Equal(("where is my order #", 3, 3, 0.333), (subject.Pattern, subject.Messages, subject.Senders, subject.Automatic));
        Assert.Empty(report.Senders);
        Assert.Equal(3, Assert.Single(Find(Row(1, "a", "a", "x@y.example"), Row(2, "b", "b", "X@y.example"), Row(3, "c", "c", "x@y.example")).Senders).Messages);
    }

    [Fact]
    public void Hostile_and_empty_texts_harm_nothing()
    {
        var report = Find([.. Enumerable.Range(1, 40).Select(i => Row(i, i % 2 == 0 ? "" : new string('\u202e', 300), i % 3 == 0 ? "" : new StringBuilder().Insert(0, "<script>\0[x](javascript:1)", 200).ToString()))]);

        Assert.Equal(40, report.Looked);
        Assert.True(report.Candidates.Count <= 20);
        Assert.Empty(Find().Candidates);
    }

    [Fact]
    public async Task Questions_that_are_all_different_stay_within_bounds()
    {
        var words = Enumerable.Range(0, 400).Select(i => $"{(char)('a' + i % 26)}{(char)('a' + i / 26 % 26)}{(char)('b' + i % 20)}word").ToArray();
        var random = new Random(3);
        var rows = Enumerable.Range(1, 2000).Select(i => Row(i, string.Join(' ', random.GetItems(words, 4)), string.Join(' ', random.GetItems(words, 30)))).ToArray();

        var report = await Task.Run(() => Find(rows)).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(report.Unanswered.Count <= 50);
    }

    [Fact]
    public async Task An_analysis_is_kept_and_read_again()
    {
        var made = await installation.Caller.SendAsync<PatternReport>(HttpMethod.Post, $"{AnalyticsRoutes.AnalyzePatterns}?days=90", null);
        var latest = await installation.Caller.GetAsync<PatternReport>(AnalyticsRoutes.Patterns);

        Assert.True(made.Looked > 0);
        Assert.Equal((made.Id, "Olga", 90), (latest.Id, latest.By, latest.Days));
        using var refused = await installation.Caller.SendAsync(HttpMethod.Post, $"{AnalyticsRoutes.AnalyzePatterns}?days=91", null);
        await ApiCaller.ProblemAsync(refused, 400);
    }
}
