using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;

namespace EmailOps.Tests.Escalations;

public sealed class ServiceLevelTests
{
    private static readonly ServiceLevelPlan s_plan = new();
    private static readonly DateTimeOffset s_mondayMorning = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), s_saturdayNight = new(2026, 11, 21, 23, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(EscalationSeverity.Critical, 5, 15)]
    [InlineData(EscalationSeverity.High, 15, 60)]
    [InlineData(EscalationSeverity.Medium, 60, 240)]
    public void The_matrix_of_the_runbooks_holds_by_default(EscalationSeverity severity, int respond, int resolve)
        => Assert.Equal(new DueTimes(s_mondayMorning.AddMinutes(respond), s_mondayMorning.AddMinutes(resolve)), ServiceLevel.Due(s_plan, severity, s_mondayMorning));

    [Fact]
    public void What_can_wait_is_settled_by_the_end_of_the_next_day_and_what_cannot_wakes_people()
    {
        Assert.Equal(new DueTimes(s_mondayMorning.AddHours(4), s_mondayMorning.AddDays(1).AddHours(7)), ServiceLevel.Due(s_plan, EscalationSeverity.Low, s_mondayMorning));
        Assert.Equal(s_saturdayNight.AddMinutes(5), ServiceLevel.Due(s_plan, EscalationSeverity.Critical, s_saturdayNight).RespondBy);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), ServiceLevel.Due(s_plan, EscalationSeverity.Medium, s_saturdayNight).RespondBy);
    }

    [Theory]
    [InlineData("refund", 10, EscalationSeverity.Critical)]
    [InlineData("refund", 9, EscalationSeverity.Critical)]
    [InlineData("refund", 7, EscalationSeverity.High)]
    [InlineData("refund", 5, EscalationSeverity.Medium)]
    [InlineData(null, null, EscalationSeverity.Low)]
    [InlineData("Legal", 1, EscalationSeverity.Critical)]
    public void Severity_follows_priority_unless_a_category_has_its_own(string? category, int? priority, EscalationSeverity severity)
        => Assert.Equal(severity, ServiceLevel.SeverityOf(s_plan with { Severities = [new(EscalationSeverity.Critical, 1, "legal"), .. s_plan.Severities] }, category, priority));

    [Fact]
    public void Each_time_it_is_overdue_the_next_level_with_people_is_called_then_they_are_reminded_until_it_is_enough()
    {
        var plan = s_plan with { OnCall = [new(1, "Ada"), new(2, "Ben"), new(4, "Dora")], MostReminders = 4 };
        var (now, level, reminders) = (s_mondayMorning, 1, 0);
        var due = now.AddMinutes(-1);
        List<(NotificationKind?, int)> steps = [];
        for (var i = 0; i < 5; i++)
        {
            var step = ServiceLevel.Step(plan, EscalationSeverity.Critical, EscalationState.Open, due, level, reminders, now);
            steps.Add((step.Tell, step.Level));
            (level, reminders) = (step.Level, step.Reminders);
            if (step.NextAt is not { } next) break;
            Assert.Equal(now.AddMinutes(15), next);
            now = next;
        }

        Assert.Equal([(NotificationKind.NextLevel, 2), (NotificationKind.NextLevel, 4), (NotificationKind.Reminder, 4), (NotificationKind.Reminder, 4), (null, 4)], steps);
    }

    [Fact]
    public void Before_its_time_nothing_happens_and_after_the_end_nothing_more()
    {
        var due = s_mondayMorning.AddMinutes(5);

        Assert.Equal(new DueStep(null, 1, 0, due), ServiceLevel.Step(s_plan, EscalationSeverity.Critical, EscalationState.Open, due, 1, 0, s_mondayMorning));
        Assert.Equal(new DueStep(null, 1, 0, null), ServiceLevel.Step(s_plan, EscalationSeverity.Critical, EscalationState.Resolved, due, 1, 0, due.AddDays(1)));
        Assert.Equal(new DueStep(null, 1, 0, null), ServiceLevel.Step(s_plan, EscalationSeverity.Critical, EscalationState.Open, null, 1, 0, due));
    }

    public static TheoryData<ServiceLevelPlan, string> Wrong => new()
    {
        { s_plan with { TimeZone = "Europe/Nowhere" }, "timeZone" },
        { s_plan with { TimeZone = new string('x', 10_000) }, "timeZone" },
        { s_plan with { Hours = [] }, "an hour a week" },
        { s_plan with { Hours = null! }, "empty part" },
        { s_plan with { Hours = [new(DayOfWeek.Monday, new(17, 0), new(9, 0))] }, "ends before it begins" },
        { s_plan with { Hours = [new(DayOfWeek.Monday, new(9, 0), new(12, 0)), new(DayOfWeek.Monday, new(11, 0), new(13, 0))] }, "overlap" },
        { s_plan with { Hours = [new((DayOfWeek)9, new(9, 0), new(12, 0))] }, "without a day" },
        { s_plan with { Holidays = [.. Enumerable.Range(0, 1_001).Select(i => new DateOnly(2026, 1, 1).AddDays(i))] }, "holidays" },
        { s_plan with { Targets = [new(EscalationSeverity.High, 0, 5)] }, "respondMinutes" },
        { s_plan with { Targets = [new(EscalationSeverity.High, 10, 5)] }, "resolveMinutes" },
        { s_plan with { Targets = [new(EscalationSeverity.High, 1, 5), new(EscalationSeverity.High, 1, 5)] }, "each severity once" },
        { s_plan with { Severities = [new(EscalationSeverity.High, 11)] }, "fromPriority" },
        { s_plan with { RemindMinutes = 1 }, "remindMinutes" },
        { s_plan with { OnCall = [new(5, "Eve")] }, "levels are 1 to 4" },
        { s_plan with { OnCall = [new(1, "Eve", "no address')")] }, "onCall" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_plan_that_cannot_be_meant_is_told(ServiceLevelPlan plan, string says) => Assert.Contains(says, ServiceLevelRules.Problem(plan), StringComparison.Ordinal);

    [Fact]
    public void The_plan_that_comes_with_it_is_right() => Assert.Null(ServiceLevelRules.Problem(s_plan));
}
