using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Drafts;

public class GroundingGateTests
{
    private static readonly GroundingMail s_mail = new("Where is my order NO-1047781?", "kim@customer.test", "Kim Berg");

    [Fact]
    public void Every_built_in_draft_of_the_samples_is_grounded()
    {
        var index = KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles.SelectMany(Passages.Of).ToList();
        string[] texts = ["How do I return a jacket and when do I get my money back?", "Wie lange dauert die Lieferung nach Österreich und was kostet sie?", "Can I wash a down parka in the machine?", "Which size do I need?", "Quels sont les frais de livraison pour la Belgique ?", "¿Cuánto cuesta el envío a España?"];
        var drafts = 0;
        foreach (var text in texts)
        {
            var draft = TriageUnderTest.Run(text).Draft;
            if (draft is null)
                continue;
            drafts++;
            var cited = index.Where(p => draft.Citations.Any(c => c.Article == p.Article.Title && c.Heading == p.Heading)).ToList();
            var report = GroundingGate.Check(draft.Body, draft.Language, cited, new GroundingMail(text, "kim@customer.test", "Kim Berg"), TriageUnderTest.Setup.Taxonomy.Reply);
            Assert.True(report.IsGrounded, $"{draft.Body}\n{string.Join("\n", report.NotFound)}");
        }
        Assert.True(drafts >= 4, $"{drafts} drafts");
    }

    [Fact]
    public void Without_any_passage_only_politeness_is_grounded()
    {
        Assert.True(GroundingGate.Check("Hello Kim Berg,\n\nThank you for your message.", "en", [], s_mail, null).IsGrounded);
        Assert.False(GroundingGate.Check("Hello Kim Berg,\n\nWe have refunded your order today.", "en", [], s_mail, null).IsGrounded);
        Assert.False(GroundingGate.Check("Hello Kim Berg,\n\nThe parcel arrives tomorrow at the shop in Lyon.", "en", [], s_mail, null).IsGrounded);
    }

    [Fact]
    public void Whatever_the_draft_its_places_lie_in_it()
    {
        var passages = KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles.Take(4).SelectMany(Passages.Of).ToList();
        var random = new Random(9);
        const string alphabet = "abc Äéж日本 01239.,:;-/€$%@+()\n'\"!?https://x.y ";
        for (var i = 0; i < 400; i++)
        {
            var text = string.Create(random.Next(1, 500), random, (span, r) => { foreach (ref var c in span) c = alphabet[r.Next(alphabet.Length)]; });
            var report = GroundingGate.Check(text, "en", passages, s_mail, null);
            Assert.All(report.Sentences, s => Assert.True(s.Start >= 0 && s.Start + s.Length <= text.Length));
            Assert.All(report.NotFound, n => Assert.True(n.Start >= 0 && n.Start + n.Length <= text.Length, text));
        }
    }

    [Fact]
    public void A_draft_without_end_is_not_called_grounded()
    {
        var report = GroundingGate.Check(string.Concat(Enumerable.Repeat("Thank you for your message. ", 2_000)), "en", [], s_mail, null);
        Assert.False(report.IsGrounded);
        Assert.Equal(Trace.NotFound, report.Sentences[^1].Trace);
    }
}
