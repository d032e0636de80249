using System.Globalization;
using System.Text.RegularExpressions;

namespace EmailOps.Core.Schedules;

/// <summary>
/// When a job is due: cron's five fields, or <c>every 15m</c> (s, m, h, d, or a time span). A pure function of the moment before, so that all workers agree
/// and nothing has to be remembered. Intervals are counted from 1970, not from the last run.
/// </summary>
internal abstract partial class JobTimes
{
    private const int MaxLength = 200;
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromDays(366);

    /// <summary>As it was written, with single spaces.</summary>
    public required string Text { get; init; }

    /// <summary>The first moment after this one.</summary>
    public abstract DateTimeOffset Next(DateTimeOffset after);

    /// <exception cref="FormatException">The message says what is wrong with which part.</exception>
    public static JobTimes Parse(string text, TimeZoneInfo zone)
    {
        if (text.Length > MaxLength) throw new FormatException($"A schedule has at most {MaxLength} characters.");
        var clean = Spaces().Replace(text.Trim(), " ");
        if (!clean.StartsWith("every ", StringComparison.OrdinalIgnoreCase)) return CronTimes.Read(clean, zone);
        var interval = Interval(clean[6..]) ?? throw new FormatException($"\"{clean[6..]}\" is no interval: write every 15m, every 6h, every 2d or every 01:30:00.");
        if (interval < s_shortest || interval > s_longest) throw new FormatException("An interval is between 1 second and 366 days.");
        return new EveryTimes(interval) { Text = clean };
    }

    /// <returns>Null when nobody here knows that zone.</returns>
    public static TimeZoneInfo? Zone(string name) => name.Length <= 60 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>How many runs lie after one moment and not after another; at most so many.</summary>
    public int Count(DateTimeOffset after, DateTimeOffset until, int most)
    {
        var count = 0;
        for (var at = Next(after); at <= until && count < most; at = Next(at)) count++;
        return count;
    }

    private static TimeSpan? Interval(string text)
    {
        if (TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"h\:mm"], CultureInfo.InvariantCulture, out var span)) return span;
        if (Unit().Match(text) is not { Success: true } unit) return null;
        var number = int.Parse(unit.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return char.ToLowerInvariant(unit.Groups[2].ValueSpan[0]) switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), _ => TimeSpan.FromDays(number) };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^([0-9]{1,7}) ?(s|m|h|d|sec|min|hours?|days?|minutes?|seconds?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Unit();

    private sealed class EveryTimes(TimeSpan interval) : JobTimes
    {
        public override DateTimeOffset Next(DateTimeOffset after) => new(((after.UtcTicks / interval.Ticks) + 1) * interval.Ticks, TimeSpan.Zero);
    }
}
