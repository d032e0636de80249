using System.Globalization;

namespace EmailOps.Core.Schedules;

/// <summary>
/// Cron's five fields: minute, hour, day of the month, month, day of the week; <c>*</c>, lists, ranges, steps, names (JAN, MON), 7 for Sunday, and <c>TUE#1</c>
/// for the first Tuesday of a month. As in cron, a day fits when either of its two fields does, if both say something. A time that the clocks skip in spring is
/// due when they have been put forward; one that comes twice in autumn is due the first time.
/// </summary>
internal sealed class CronTimes : JobTimes
{
    // 29 February comes after eight years at most (1896 to 1904, 2096 to 2104).
    private const int MostDays = (366 * 8) + 1;
    private static readonly string[] s_months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] s_days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly TimeZoneInfo _zone;
    private readonly ulong _minutes, _hours, _monthDays, _months, _weekDays;
    // Bit week * 7 + day: the day's first, second... of the month.
    private readonly ulong _nthDays;
    private readonly bool _anyMonthDay, _anyWeekDay;

    private CronTimes(string[] fields, TimeZoneInfo zone)
    {
        _zone = zone;
        _minutes = Field("minute", fields[0], 0, 59, []);
        _hours = Field("hour", fields[1], 0, 23, []);
        _monthDays = Field("day of the month", fields[2], 1, 31, []);
        _months = Field("month", fields[3], 1, 12, s_months, first: 1);
        var parts = fields[4].Split(',');
        foreach (var nth in parts.Where(p => p.Contains('#', StringComparison.Ordinal))) _nthDays |= Nth(nth);
        var plain = string.Join(',', parts.Where(p => !p.Contains('#', StringComparison.Ordinal)));
        _weekDays = plain.Length == 0 ? 0 : Field("day of the week", plain, 0, 7, s_days);
        if ((_weekDays & (1UL << 7)) != 0) _weekDays |= 1; // 7 is Sunday as well
        (_anyMonthDay, _anyWeekDay) = (fields[2][0] == '*', fields[4][0] == '*');
    }

    public static CronTimes Read(string text, TimeZoneInfo zone)
    {
        var fields = text.Split(' ');
        if (fields.Length != 5) throw new FormatException($"\"{text}\" has {fields.Length} fields; cron has five (minute hour day month weekday), or write every 6h.");
        var times = new CronTimes(fields, zone) { Text = text };
        try
        {
            times.Next(DateTimeOffset.UnixEpoch);
        }
        catch (InvalidOperationException)
        {
            throw new FormatException($"\"{text}\" is never due: there is no such day.");
        }
        return times;
    }

    public override DateTimeOffset Next(DateTimeOffset after)
    {
        var local = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        var from = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1);
        for (var (day, left) = (local.Date, MostDays); left > 0; day = day.AddDays(1), left--)
        {
            if (!Fits(day)) continue;
            for (var hour = 0; hour < 24; hour++)
            {
                if ((_hours & (1UL << hour)) == 0) continue;
                for (var minute = 0; minute < 60; minute++)
                {
                    if ((_minutes & (1UL << minute)) == 0) continue;
                    var wall = day.AddHours(hour).AddMinutes(minute);
                    // Clocks are put forward and back by less than this.
                    if (wall < from.AddHours(-3)) continue;
                    var at = Instant(wall);
                    if (at > after) return at;
                }
            }
        }
        throw new InvalidOperationException("Never due.");
    }

    private DateTimeOffset Instant(DateTime wall)
    {
        // Skipped by the clocks: the first moment after the gap.
        if (_zone.IsInvalidTime(wall))
        {
            var end = wall;
            while (_zone.IsInvalidTime(end)) end = end.AddMinutes(1);
            return new DateTimeOffset(end, _zone.GetUtcOffset(end)).ToUniversalTime();
        }
        var offset = _zone.IsAmbiguousTime(wall) ? _zone.GetAmbiguousTimeOffsets(wall).Max() : _zone.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    private bool Fits(DateTime day)
    {
        if ((_months & (1UL << day.Month)) == 0) return false;
        var isMonthDay = (_monthDays & (1UL << day.Day)) != 0;
        var isWeekDay = (_weekDays & (1UL << (int)day.DayOfWeek)) != 0 || (_nthDays & (1UL << (((day.Day - 1) / 7 * 7) + (int)day.DayOfWeek))) != 0;
        return _anyMonthDay || _anyWeekDay ? isMonthDay && isWeekDay : isMonthDay || isWeekDay;
    }

    private static ulong Nth(string text)
    {
        var parts = text.Split('#');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var week) || week is < 1 or > 5)
            throw new FormatException($"\"{text}\": write TUE#1 to TUE#5 for the first to fifth of a month.");
        return 1UL << (((week - 1) * 7) + (Number("day of the week", parts[0], 0, 7, s_days, 0) % 7));
    }

    private static ulong Field(string name, string text, int least, int most, string[] names, int first = 0)
    {
        var bits = 0UL;
        foreach (var part in text.Split(','))
        {
            var step = 1;
            var range = part;
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            if (slash >= 0)
            {
                range = part[..slash];
                if (!int.TryParse(part[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out step) || step < 1 || step > most)
                    throw new FormatException($"\"{part}\" in {name}: a step is a number from 1 to {most}.");
            }
            var (from, to) = (least, most);
            if (range != "*")
            {
                var ends = range.Split('-');
                if (ends.Length > 2) throw new FormatException($"\"{part}\" is no {name}.");
                from = Number(name, ends[0], least, most, names, first);
                to = ends.Length == 2 ? Number(name, ends[1], least, most, names, first) : slash >= 0 ? most : from;
                if (to < from) throw new FormatException($"\"{part}\" in {name} ends before it begins.");
            }
            for (var value = from; value <= to; value += step) bits |= 1UL << value;
        }
        return bits;
    }

    private static int Number(string name, string text, int least, int most, string[] names, int first)
    {
        var named = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (named >= 0) return named + first;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"\"{text}\" is no {name}: {least} to {most}{(names.Length > 0 ? $", or {names[0]} to {names[^1]}" : "")}.");
    }
}
