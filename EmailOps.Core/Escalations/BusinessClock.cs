using EmailOps.Core.Contracts;

namespace EmailOps.Core.Escalations;

/// <summary>
/// Counts working time. Pure: the same plan, instant and length always give the same instant. Nights when the clock is changed are as long as they really are;
/// hours that a change leaves out are not worked, hours it repeats are worked twice.
/// </summary>
internal sealed class BusinessClock
{
    /// <summary>Where nobody works for so long, the search ends: guards against plans without hours.</summary>
    private const int MostDays = 20_000;
    private readonly TimeZoneInfo _zone;
    private readonly ILookup<DayOfWeek, WorkingHours> _hours;
    private readonly HashSet<DateOnly> _holidays;

    public BusinessClock(ServiceLevelPlan plan)
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone);
        _hours = plan.Hours.OrderBy(h => h.From).ToLookup(h => h.Day);
        _holidays = [.. plan.Holidays];
    }

    /// <summary>The instant by which so much working time has passed.</summary>
    public DateTimeOffset Add(DateTimeOffset from, TimeSpan working)
    {
        var left = working;
        var last = from;
        foreach (var (begin, end) in Spans(from))
        {
            var start = begin > from ? begin : from;
            if (end <= start) continue;
            if (end - start >= left) return (start + left).ToUniversalTime();
            left -= end - start;
            last = end;
        }
        return last.ToUniversalTime();
    }

    /// <summary>The end of the next working day after the one it is, there.</summary>
    public DateTimeOffset EndOfNextDay(DateTimeOffset from)
    {
        var tomorrow = Day(from).AddDays(1);
        foreach (var day in Days(tomorrow))
            if (SpansOf(day).LastOrDefault() is { End: var end } && end != default) return end.ToUniversalTime();
        return from.ToUniversalTime();
    }

    private IEnumerable<(DateTimeOffset Begin, DateTimeOffset End)> Spans(DateTimeOffset from)
    {
        var reached = DateTimeOffset.MinValue;
        // The day before: a clock that is put back may repeat a piece of it.
        foreach (var (begin, end) in Days(Day(from).AddDays(-1)).SelectMany(SpansOf))
        {
            var start = begin > reached ? begin : reached;
            if (end <= start) continue;
            reached = end;
            yield return (start, end);
        }
    }

    private DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);

    private static IEnumerable<DateOnly> Days(DateOnly first)
    {
        for (var i = 0; i < MostDays && first.DayNumber + i <= DateOnly.MaxValue.DayNumber - 1; i++) yield return first.AddDays(i);
    }

    private IEnumerable<(DateTimeOffset Begin, DateTimeOffset End)> SpansOf(DateOnly day)
        => _holidays.Contains(day) ? [] : _hours[day.DayOfWeek].Select(h => (Instant(day.ToDateTime(h.From), isEnd: false), Instant(h.Until == TimeOnly.MinValue ? day.AddDays(1).ToDateTime(default) : day.ToDateTime(h.Until), isEnd: true)));

    private DateTimeOffset Instant(DateTime local, bool isEnd)
    {
        // Left out by a change of the clock: the first moment there is after it. Whole days were left out too (Samoa, 30 December 2011).
        for (var minutes = 0; _zone.IsInvalidTime(local) && minutes < 26 * 60; minutes++) local = local.AddMinutes(1);
        if (!_zone.IsAmbiguousTime(local)) return new DateTimeOffset(local, _zone.GetUtcOffset(local));
        var offsets = _zone.GetAmbiguousTimeOffsets(local);
        // Both passes are worked: it begins with the first and ends with the second.
        return new DateTimeOffset(local, isEnd ? offsets.Min() : offsets.Max());
    }
}
