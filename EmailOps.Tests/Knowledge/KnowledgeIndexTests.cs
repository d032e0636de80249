using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Tests.Knowledge;

public class KnowledgeIndexTests
{
    private static readonly KnowledgeIndex s_index = new(
    [
        Article(1, "returns", "Returning an item", "en", "returns", "# Returning an item\n\n## Label\n\nPrint the return label under My orders. The label is free within 30 days.\n\n## Refund time\n\nThe money is back within 5 working days after the parcel arrived."),
        Article(2, "shipping", "Delivery times and costs", "en", "shipping", "## Delivery to Norway\n\nDelivery to Norway takes 3 to 5 working days and costs 9.90 EUR.\n\n## Delivery to Iceland\n\nDelivery to Iceland takes 7 working days."),
        Article(3, "returns", "Rücksendung", "de", "returns", "## Etikett\n\nDas Etikett drucken Sie unter Meine Bestellungen. Es ist innerhalb von 30 Tagen kostenlos."),
        Article(4, "wool", "Wool and washing", "en", "product", "Wool is washed at **30 degrees**. See [care](https://shop.example/care).\n\n| Item | Heat |\n|---|---|\n| Parka | 40 |", ["tvätta", "ull"]),
    ]);

    [Fact]
    public void Each_part_of_a_text_is_answered_as_if_it_were_asked_alone()
    {
        var text = new TextTokens();
        text.Read("How long does delivry to norwey take? And is the return label free? Wo ist das Etikett für die Rücksendung? A question about tvätta ull. How long does delivry to norwey take?");
        foreach (var language in (string[])["en", "de", "sv", "und"])
        {
            var all = s_index.Begin(text);
            for (var first = 0; first < text.Tokens.Length; first += 3)
                for (var count = 1; first + count <= text.Tokens.Length; count += 4)
                {
                    var alone = s_index.Begin(text);
                    Assert.Equal(s_index.Find(alone, first, count, language, "en", null, 1, 3), s_index.Find(all, first, count, language, "en", null, 1, 3));
                }
            s_index.End(all);
        }
    }

    [Fact]
    public void The_passage_that_answers_comes_first()
    {
        var hits = s_index.Search("How long does delivery to Norway take?", "en", null, 3);
        Assert.Equal("Delivery to Norway", hits[0].Heading);
        Assert.Equal(2, hits[0].ArticleId);
        Assert.True(hits.Count < 2 || hits[0].Score > hits[1].Score);
    }

    [Theory]
    [InlineData("What is the capital of Australia and who painted the ceiling?")]
    [InlineData("")]
    [InlineData("the and of to")]
    public void Below_the_floor_nothing_is_returned(string query) => Assert.Empty(s_index.Search(query, "en", null, 5));

    [Fact]
    public void A_misspelt_word_still_finds()
        => Assert.Equal("Delivery to Norway", s_index.Search("delivry to norwey", "en", null, 1).Single().Heading);

    [Fact]
    public void Swapped_letters_still_find()
        => Assert.Equal("Delivery to Norway", s_index.Search("delievry to nowray", "en", null, 1).Single().Heading);

    [Fact]
    public void The_language_of_the_question_is_preferred()
        => Assert.Equal(3, s_index.Search("Wo bekomme ich das Etikett für die Rücksendung?", "de", null, 3)[0].ArticleId);

    [Fact]
    public void Another_language_is_found_by_keywords()
        => Assert.Equal(4, s_index.Search("Hur ska jag tvätta min tröja av ull?", "sv", "product", 1).Single().ArticleId);

    [Fact]
    public void The_category_tips_the_balance()
    {
        var plain = s_index.Search("how many working days", "en", null, 1).SingleOrDefault();
        Assert.Equal(1, s_index.Search("how many working days until the money", "en", "returns", 1).Single().ArticleId);
        Assert.True(plain == null || plain.Score > 0);
    }

    [Fact]
    public void Passages_are_plain_sentences_and_items_stand_on_lines_of_their_own()
    {
        var passage = Assert.Single(Passages.Of(Article(9, "x", "Wool and washing", "en", null, "# Wool and washing\n\nWool is washed at **30 degrees**. See [care](https://shop.example/care).\n\n- one. And more.\n  - within\n- two\n\n| Item | Heat |\n|---|---|\n| Parka | 40 |")));
        Assert.Equal(["Wool is washed at 30 degrees.", "See care (https://shop.example/care).", "- one. And more.", "- within", "- two", "- Parka: heat 40."], passage.Sentences);
        Assert.Equal("Wool is washed at 30 degrees. See care (https://shop.example/care).\n- one. And more.\n- within\n- two\n- Parka: heat 40.", passage.Text);
        Assert.Equal("", passage.Heading);
    }

    [Fact]
    public void Front_matter_is_read_and_its_mistakes_are_named()
    {
        var article = KnowledgeFolder.Parse("---\ntitle: A title\ncategory: returns\nupdated: 2026-10-28\nkeywords: [ull]\n---\nText.", "returns.en.md", 4);
        Assert.Equal(("returns", "en", "A title", "returns", 2026, "ull"), (article.Slug, article.Language, article.Title, article.Category, article.UpdatedAt.Year, article.Keywords!.Single()));
        foreach (var (text, problem) in new[] { ("Text.", "front matter"), ("---\ntitle: A", "never closed"), ("---\nlanguage: en\n---\nx", "`title`"), ("---\ntitle: A\nupdated: soon\n---\nx", "`updated: soon`"), ("---\ntitle: [\n---\nx", "not valid YAML") })
        {
            var e = Assert.Throws<KnowledgeException>(() => KnowledgeFolder.Parse(text, "a.en.md", 1));
            Assert.Contains("a.en.md", e.Message, StringComparison.Ordinal);
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        }
    }

    private static KnowledgeArticle Article(long id, string slug, string title, string language, string? category, string markdown, IReadOnlyList<string>? keywords = null)
        => new(id, slug, title, language, category, markdown, new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero), keywords);
}
