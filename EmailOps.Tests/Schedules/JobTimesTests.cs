using System.Globalization;
using EmailOps.Core.Schedules;

namespace EmailOps.Tests.Schedules;

public sealed class JobTimesTests
{
    private static readonly TimeZoneInfo s_berlin = JobTimes.Zone("Europe/Berlin")!;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string[] Next(string times, TimeZoneInfo zone, string after, int count)
    {
        var (parsed, at) = (JobTimes.Parse(times, zone), At(after));
        return [.. Enumerable.Range(0, count).Select(_ => (at = parsed.Next(at)).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))];
    }

    [Theory]
    // Row 183: daily at 9, Monday at 10, the first Tuesday of the month.
    [InlineData("0 9 * * *", "2026-11-21 22:00", "2026-11-22 09:00:00", "2026-11-23 09:00:00")]
    [InlineData("0 10 * * MON", "2026-11-21 22:00", "2026-11-23 10:00:00", "2026-11-30 10:00:00")]
    [InlineData("0 10 * * TUE#1", "2026-11-21 22:00", "2026-12-01 10:00:00", "2027-01-05 10:00:00")]
    [InlineData("*/20 8-9 * * *", "2026-11-21 08:40", "2026-11-21 09:00:00", "2026-11-21 09:20:00")]
    [InlineData("5,10 0 1 JAN,JUL *", "2026-11-21 08:40", "2027-01-01 00:05:00", "2027-01-01 00:10:00")]
    [InlineData("0 0 29 2 *", "2026-11-21 08:40", "2028-02-29 00:00:00", "2032-02-29 00:00:00")]
    // Both day fields say something: either will do, as in cron. 7 is Sunday.
    [InlineData("0 0 13 * 7", "2026-11-21 08:40", "2026-11-22 00:00:00", "2026-11-29 00:00:00")]
    [InlineData("0 0 24 * 7", "2026-11-22 08:40", "2026-11-24 00:00:00", "2026-11-29 00:00:00")]
    [InlineData("59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59:00", "2028-12-31 23:59:00")]
    [InlineData("0 6 * * FRI#5,SUN#2", "2026-11-21 00:00", "2026-12-13 06:00:00", "2027-01-10 06:00:00")]
    [InlineData("every 6h", "2026-11-21 08:40", "2026-11-21 12:00:00", "2026-11-21 18:00:00")]
    [InlineData("  EVERY   90s ", "2026-11-21 00:00:00", "2026-11-21 00:01:30", "2026-11-21 00:03:00")]
    [InlineData("every 01:30:00", "2026-11-21 00:00:00", "2026-11-21 01:30:00", "2026-11-21 03:00:00")]
    public void Times_are_those_of_the_text(string times, string after, string first, string second) => Assert.Equal([first, second], Next(times, TimeZoneInfo.Utc, after, 2));

    [Fact]
    public void A_time_in_a_zone_stays_on_the_wall_when_the_clocks_change()
    {
        // 29 March 2026: 02:00 becomes 03:00. 25 October: 03:00 becomes 02:00.
        Assert.Equal(["2026-03-28 08:00:00", "2026-03-29 07:00:00", "2026-03-30 07:00:00"], Next("0 9 * * *", s_berlin, "2026-03-27 12:00", 3));
        Assert.Equal(["2026-03-28 01:30:00", "2026-03-29 01:00:00", "2026-03-30 00:30:00"], Next("30 2 * * *", s_berlin, "2026-03-27 12:00", 3));
        Assert.Equal(["2026-10-24 00:30:00", "2026-10-25 00:30:00", "2026-10-26 01:30:00"], Next("30 2 * * *", s_berlin, "2026-10-23 12:00", 3));
        // Asked in the hour that comes again: what was due the first time is over.
        Assert.Equal(["2026-10-25 02:00:00"], Next("*/30 * * * *", s_berlin, "2026-10-25 01:10", 1));
    }

    [Fact]
    public void Times_only_go_forward_whatever_the_text_and_the_zone()
    {
        var random = new Random(17);
        TimeZoneInfo[] zones = [TimeZoneInfo.Utc, s_berlin, JobTimes.Zone("America/Sao_Paulo")!, JobTimes.Zone("Australia/Lord_Howe")!, JobTimes.Zone("Asia/Kathmandu")!];
        for (var i = 0; i < 300; i++)
        {
            string Pick(int most, int from = 0) => random.Next(3) switch { 0 => "*", 1 => $"*/{random.Next(1, most)}", _ => (random.Next(from, most)).ToString(CultureInfo.InvariantCulture) };
            var (text, zone) = ($"{Pick(60)} {Pick(24)} {Pick(28, 1)} {Pick(12, 1)} {Pick(7)}", zones[random.Next(zones.Length)]);
            var times = JobTimes.Parse(text, zone);
            var at = At("2015-01-01").AddSeconds(random.Next(0, int.MaxValue / 8));
            for (var j = 0; j < 5; j++)
            {
                var next = times.Next(at);
                Assert.True(next > at, $"{text} in {zone.Id}: {next} after {at}");
                Assert.Equal(next, times.Next(next.AddTicks(-1)));
                at = next;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("every")]
    [InlineData("every 0s")]
    [InlineData("every -1h")]
    [InlineData("every 400d")]
    [InlineData("every 9999999d")]
    [InlineData("every banana")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("* * * * TUE#6")]
    [InlineData("* * * * TUE#")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 APR,JUN,SEP,NOV *")]
    [InlineData(", * * * *")]
    [InlineData("+1 * * * *")]
    public void What_is_no_schedule_is_refused_with_words(string text) => Assert.Contains(' ', Assert.Throws<FormatException>(() => JobTimes.Parse(text, TimeZoneInfo.Utc)).Message);

    [Fact]
    public void A_schedule_has_a_length() => Assert.Throws<FormatException>(() => JobTimes.Parse(string.Join(',', Enumerable.Repeat("1", 200)) + " * * * *", TimeZoneInfo.Utc));
}
