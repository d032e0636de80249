using EmailOps.Core.Drafts.Grounding;

namespace EmailOps.Tests.Drafts;

public sealed class GroundingTextTests
{
    [Fact]
    public void Sentences_are_read_later_but_are_those_that_were_cut_at_first()
    {
        var text = GroundingText.Read("Dear Kim,\n\nyour parcel comes within 3-5 working days. It costs 9,90 EUR; not more!\n\nIs that all? Kind regards\nShop", "en");
        // Another text in between: the tokens of the first are gone by then.
        _ = GroundingText.Read(string.Concat(Enumerable.Repeat("Other words. ", 40)), "en");
        Assert.True(text.Words.Count >= 4);
        Assert.Equal(text.Words.Select(w => (w.Start, w.Length)), text.Sentences.Select(s => (s.Start, s.Length)));
        Assert.All(text.Words.Zip(text.Sentences), p => Assert.Equal(p.First.Hashes, p.Second.Hashes));
        Assert.Contains(text.Sentences, s => s.Claims.Any(c => c.Unit == "EUR"));
    }
}
