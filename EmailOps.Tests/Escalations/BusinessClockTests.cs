using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;

namespace EmailOps.Tests.Escalations;

/// <summary>Working time, checked against a walk through its minutes.</summary>
public sealed class BusinessClockTests
{
    private static readonly string[] s_zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland", "America/Sao_Paulo", "Africa/Casablanca"];

    [Theory]
    // Friday 16:30 in Berlin: half an hour is left, the rest is Monday's.
    [InlineData("Europe/Berlin", "2026-11-20T15:30:00Z", 60, "2026-11-23T08:30:00Z")]
    // Clocks go forward on Sunday 29 March 2026: Monday's nine o'clock is an hour earlier in UTC.
    [InlineData("Europe/Berlin", "2026-03-27T15:30:00Z", 60, "2026-03-30T07:30:00Z")]
    // And back on 25 October.
    [InlineData("Europe/Berlin", "2026-10-23T14:30:00Z", 60, "2026-10-26T08:30:00Z")]
    // Before work, on the day itself.
    [InlineData("America/New_York", "2026-11-23T05:00:00Z", 15, "2026-11-23T14:15:00Z")]
    // To the very end of the day.
    [InlineData("UTC", "2026-11-23T09:00:00Z", 480, "2026-11-23T17:00:00Z")]
    [InlineData("UTC", "2026-11-23T09:00:00Z", 481, "2026-11-24T09:01:00Z")]
    public void Time_passes_while_people_work(string zone, string from, int minutes, string due)
        => Assert.Equal(At(due), new BusinessClock(new ServiceLevelPlan { TimeZone = zone }).Add(At(from), TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Nobody_works_on_a_holiday()
    {
        var plan = new ServiceLevelPlan { TimeZone = "Europe/Berlin", Holidays = [new(2026, 12, 24), new(2026, 12, 25)] };

        // Wednesday 16:45 before Christmas; Friday is a holiday, Saturday and Sunday are free.
        Assert.Equal(At("2026-12-28T08:45:00Z"), new BusinessClock(plan).Add(At("2026-12-23T15:45:00Z"), TimeSpan.FromHours(1)));
        Assert.Equal(At("2026-12-28T16:00:00Z"), new BusinessClock(plan).EndOfNextDay(At("2026-12-23T15:45:00Z")));
    }

    [Fact]
    public void A_night_shift_is_as_long_as_the_night()
    {
        var plan = new ServiceLevelPlan { TimeZone = "Europe/Berlin", Hours = [new(DayOfWeek.Sunday, new(0, 0), new(6, 0))] };

        // 29 March 2026 has no hour from two to three, 25 October has it twice.
        Assert.Equal(At("2026-03-29T04:00:00Z"), new BusinessClock(plan).Add(At("2026-03-28T12:00:00Z"), TimeSpan.FromHours(5)));
        Assert.Equal(At("2026-10-25T05:00:00Z"), new BusinessClock(plan).Add(At("2026-10-24T12:00:00Z"), TimeSpan.FromHours(7)));
    }

    [Fact]
    public void A_shift_that_begins_in_an_hour_that_is_left_out_begins_after_it()
    {
        var plan = new ServiceLevelPlan { TimeZone = "Europe/Berlin", Hours = [new(DayOfWeek.Sunday, new(2, 30), new(6, 0))] };

        Assert.Equal(At("2026-03-29T01:30:00Z"), new BusinessClock(plan).Add(At("2026-03-28T12:00:00Z"), TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void Whatever_the_plan_the_minutes_until_it_is_due_are_those_that_were_asked_for()
    {
        var random = new Random(20_261_121);
        for (var run = 0; run < 150; run++)
        {
            var plan = Plan(random);
            var from = At("2024-01-01T00:00:00Z").AddMinutes(random.Next(3 * 365 * 24 * 60));
            // Half of them around a change of the clock.
            if (run % 2 == 0) from = At(random.Next(2) == 0 ? "2026-03-26T00:00:00Z" : "2026-10-22T00:00:00Z").AddMinutes(random.Next(6 * 24 * 60));
            var working = random.Next(1, 900);

            var due = new BusinessClock(plan).Add(from, TimeSpan.FromMinutes(working));

            var counted = 0;
            for (var at = from; at < due; at = at.AddMinutes(1))
                if (IsWorked(plan, at)) counted++;
            Assert.True(counted == working, $"{plan.TimeZone} from {from:O}: {counted} minutes of work until {due:O}, not {working}.");
            Assert.True(IsWorked(plan, due.AddMinutes(-1)), $"{plan.TimeZone} from {from:O}: due at {due:O}, when nobody had worked.");
        }
    }

    [Fact]
    public void Who_begins_later_or_takes_longer_is_never_due_earlier()
    {
        var random = new Random(7);
        for (var run = 0; run < 300; run++)
        {
            var clock = new BusinessClock(Plan(random));
            var from = At("2026-01-01T00:00:00Z").AddMinutes(random.Next(365 * 24 * 60));
            var (minutes, later, longer) = (random.Next(1, 2_000), random.Next(0, 5_000), random.Next(0, 2_000));

            var due = clock.Add(from, TimeSpan.FromMinutes(minutes));

            Assert.True(due > from);
            Assert.True(clock.Add(from.AddMinutes(later), TimeSpan.FromMinutes(minutes)) >= due);
            Assert.True(clock.Add(from, TimeSpan.FromMinutes(minutes + longer)) >= due);
            // In two steps as in one.
            Assert.Equal(clock.Add(from, TimeSpan.FromMinutes(minutes + longer)), longer == 0 ? due : clock.Add(due, TimeSpan.FromMinutes(longer)));
        }
    }

    /// <summary>By definition, without arithmetic: the local day is none of the holidays, and the local time lies in its hours.</summary>
    private static bool IsWorked(ServiceLevelPlan plan, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone));
        var time = TimeOnly.FromDateTime(local.DateTime);
        return !plan.Holidays.Contains(DateOnly.FromDateTime(local.DateTime)) && plan.Hours.Any(h => h.Day == local.DayOfWeek && time >= h.From && (h.Until == TimeOnly.MinValue || time < h.Until));
    }

    private static ServiceLevelPlan Plan(Random random)
    {
        List<WorkingHours> hours = [];
        foreach (var day in Enum.GetValues<DayOfWeek>().Where(_ => random.Next(4) > 0))
        {
            // Not between midnight and four but for whole nights: what begins in an hour that comes twice has a test of its own.
            if (random.Next(6) == 0) hours.Add(new(day, new(0, 0), TimeOnly.MinValue));
            else
            {
                hours.Add(new(day, new(random.Next(5, 10), random.Next(60)), new(12, random.Next(30))));
                if (random.Next(2) == 0) hours.Add(new(day, new(13, random.Next(60)), random.Next(4) == 0 ? TimeOnly.MinValue : new(random.Next(15, 23), random.Next(60))));
            }
        }
        if (hours.Count == 0) hours.Add(new(DayOfWeek.Wednesday, new(10, 0), new(11, 0)));
        var plan = new ServiceLevelPlan { TimeZone = s_zones[random.Next(s_zones.Length)], Hours = hours, Holidays = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new DateOnly(2026, random.Next(2) == 0 ? 3 : 10, random.Next(20, 31)))] };
        Assert.Null(ServiceLevelRules.Problem(plan));
        return plan;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
