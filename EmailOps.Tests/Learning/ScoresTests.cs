using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class ScoresTests
{
    [Fact]
    public void Measures_are_those_of_the_book()
    {
        JudgedRow[] rows = [new("a", "a", 0.9), new("a", "a", 0.8), new("a", "b", 0.6), new("b", "b", 0.7), new("c", "b", 0.55)];
        var score = Scores.Of(rows);
        Assert.Equal((5, 3, 0.6), (score.Rows, score.Right, score.Accuracy));
        // a: 2 of 2 said, 2 of 3 found: 0.8; b: 1 of 3 said, 1 of 1 found: 0.5; c: 0.
        Assert.Equal((0.8 + 0.5 + 0) / 3, score.MacroF1, 9);
        Assert.Equal([("a", "b", 1), ("c", "b", 1)], score.Confusion.Select(c => (c.Truth, c.Said, c.Count)));
        Assert.Equal(0, score.Coverage[0].Wrong);
        Assert.Equal(0.4, score.Coverage[^1].Wrong, 9);
        Assert.Equal(1, score.Coverage[^1].Coverage);
        // Every bin holds one row, so the gaps are the distances themselves.
        Assert.Equal((0.1 + 0.2 + 0.6 + 0.3 + 0.55) / 5, score.CalibrationError, 9);
        Assert.Equal(0, Scores.Of([]).Rows);
    }
}
