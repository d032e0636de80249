using EmailOps.Mail.Imap;

namespace EmailOps.Tests.Mail.Imap;

public sealed class UidSetTests
{
    [Theory]
    [InlineData("1:5,7,9:10", "1:5,7,9:10", 8)]
    [InlineData("5:1,3,6", "1:6", 6)]
    [InlineData("4294967295,1", "1,4294967295", 2)]
    [InlineData("4294967294:4294967295,4294967295", "4294967294:4294967295", 2)]
    [InlineData("0,0:2, x,*,3:*,8", "1:2,8", 3)]
    [InlineData("", "", 0)]
    public void Text_becomes_ranges_in_order(string text, string expected, long count)
    {
        var set = UidSet.Parse(text);
        Assert.Equal((expected, count), (set.ToString(), set.Count));
    }

    [Fact]
    public void Sets_join_and_part_like_sets()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var (a, b) = (Numbers(), Numbers());
            var (left, right) = (UidSet.Of(a), UidSet.Of(b));
            Assert.Equal(a.Union(b).Distinct().Order(), left.Union(right));
            Assert.Equal(a.Except(b).Distinct().Order(), left.Except(right));
            Assert.Equal(a.Where(uid => uid >= 20).Distinct().Order(), left.From(20));
            Assert.All(Enumerable.Range(1, 60), uid => Assert.Equal(a.Contains((uint)uid), left.Contains((uint)uid)));
            Assert.Equal(left, UidSet.Parse(left.ToString()));
            var size = random.Next(1, 9);
            var windows = left.Windows(size).ToList();
            Assert.Equal(left, windows.SelectMany(window => window));
            Assert.All(windows.SkipLast(1), window => Assert.Equal(size, window.Count));
        }

        uint[] Numbers() => [.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => (uint)random.Next(1, 60))];
    }

    [Fact]
    public void The_whole_range_is_cut_without_being_counted_out()
    {
        var windows = UidSet.Range(1, uint.MaxValue).Windows(int.MaxValue).ToList();
        Assert.Equal([int.MaxValue, int.MaxValue, 1L], windows.Select(window => window.Count));
        Assert.All(UidSet.Of(Enumerable.Range(1, 5_000).Select(i => (uint)i * 800_000)).Windows(100_000), window => Assert.True(window.ToString().Length < 8_000));
    }
}
