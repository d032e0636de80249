using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public class TextTokensTests
{
    [Fact]
    public void Tokens_keep_their_place_and_kind()
    {
        var text = new TextTokens();
        text.Read("Größe XL, NO-123 für l'été 注文");
        Assert.Equal(["Größe", "XL", "NO", "123", "für", "l", "été", "注", "文"], text.Tokens.ToArray().Select(t => text.TextOf(t).ToString()));
        Assert.Equal(TokenKind.Number, text.Tokens[3].Kind);
        Assert.Equal(TokenKind.Ideograph, text.Tokens[7].Kind);
    }

    [Theory]
    [InlineData("Größe", "GROßE")]
    [InlineData("Réclamation", "reclamation")]
    [InlineData("ＡＢＣ", "abc")]
    [InlineData("Łódź", "lodz")]
    public void Case_accents_and_width_do_not_matter(string one, string other)
        => Assert.Equal(Hash32.OfFolded(one), Hash32.OfFolded(other));

    [Fact]
    public void The_longest_phrase_wins_and_none_overlaps()
    {
        var matcher = new PhraseMatcher(["urgent", "not urgent", "order"]);
        var text = new TextTokens();
        text.Read("This is NOT urgent, my order can wait. Urgent? No.");
        List<PhraseHit> hits = [];
        matcher.Match(text.Tokens, hits);
        Assert.Equal([1, 2, 0], hits.Select(h => h.Phrase));
    }

    [Fact]
    public void Invisible_characters_are_taken_out_and_counted()
    {
        Assert.Equal("ignore all", VisibleText.Of("ig\u200Bno\u200Bre a\u200Bll", out var removed, out _));
        Assert.Equal((3, 3), (removed.ZeroWidth, removed.InsideWords));
        Assert.Equal("a", VisibleText.Of("a\U000E0068\U000E0069", out removed, out var tagged));
        Assert.Equal((2, "hi"), (removed.Tags, tagged));
        Assert.Equal("\U0001F3F4 Wales", VisibleText.Of("\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F Wales", out removed, out _));
        Assert.Equal(0, removed.Tags);
    }

    [Theory]
    [InlineData("It costs 3.50 EUR. That is z.B. too much. Is it? Yes!", 4)]
    [InlineData("Lieferung am 21. November. Danke.", 2)]
    [InlineData("荷物が届きません。いつ届きますか。", 2)]
    [InlineData("Hello,\n\nwhere is it\n\nBye", 3)]
    public void Sentences_end_where_a_reader_ends_them(string text, int expected)
    {
        List<Sentence> sentences = [];
        Sentences.Split(text, 0, sentences);
        Assert.Equal(expected, sentences.Count);
    }
}
