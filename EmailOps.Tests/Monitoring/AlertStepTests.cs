using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Telemetry;
using EmailOps.Worker.Monitor;

namespace EmailOps.Tests.Monitoring;

/// <summary>From one look of the monitor to the next, without a store.</summary>
public sealed class AlertStepTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_for = TimeSpan.FromMinutes(5);
    private static readonly HashSet<string> s_all = [], s_unknown = ["Queue"];

    private static AlertHeld Held(TimeSpan time) => new("Queue", "", AlertSeverity.Warning, "Queue", "queue-growing", "Long.", time, new Dictionary<string, string>());

    private static OpenAlert Open(AlertState state, int secondsAgo, int seenAgo = 5) => new(1, "Queue", "", state, s_now.AddSeconds(-secondsAgo), s_now.AddSeconds(-seenAgo));

    private static string Of(OpenAlert? open, AlertHeld? held, IReadOnlySet<string> unknown, int lookedAgo = 5)
    {
        var changes = AlertStep.Of(open is null ? [] : [open], held is null ? [] : [held], unknown, s_now, lookedAgo < 0 ? null : s_now.AddSeconds(-lookedAgo));
        return string.Join(' ', changes.Begin.Select(_ => "begin").Concat(changes.GoOn.Select(g => g.Restarts ? "restart" : "go-on")).Concat(changes.Fire.Select(_ => "fire")).Concat(changes.Resolve.Select(_ => "resolve")).Concat(changes.Drop.Select(_ => "drop")));
    }

    [Fact]
    public void It_fires_when_it_held_for_its_time_and_begins_anew_after_a_break()
    {
        Assert.Equal("begin", Of(null, Held(s_for), s_all));
        Assert.Equal("go-on", Of(Open(AlertState.Pending, 299), Held(s_for), s_all));
        Assert.Equal("fire", Of(Open(AlertState.Pending, 300), Held(s_for), s_all));
        Assert.Equal("drop", Of(Open(AlertState.Pending, 299), null, s_all));
        Assert.Equal("go-on", Of(Open(AlertState.Firing, 9999), Held(s_for), s_all));
        Assert.Equal("resolve", Of(Open(AlertState.Firing, 9999), null, s_all));
    }

    [Fact]
    public void A_time_without_any_look_is_no_time_that_it_held()
    {
        Assert.Equal("restart", Of(Open(AlertState.Pending, 3600), Held(s_for), s_all, lookedAgo: 600));
        Assert.Equal("restart", Of(Open(AlertState.Pending, 3600), Held(s_for), s_all, lookedAgo: -1));
        Assert.Equal("fire", Of(Open(AlertState.Pending, 3600), Held(s_for), s_all, lookedAgo: 59));
    }

    [Fact]
    public void What_cannot_be_measured_stays_as_it_was_for_a_while_and_is_then_over()
    {
        Assert.Equal("", Of(Open(AlertState.Firing, 600, seenAgo: 119), null, s_unknown));
        Assert.Equal("", Of(Open(AlertState.Firing, 9000, seenAgo: 8000), null, s_unknown, lookedAgo: 7000));
        Assert.Equal("resolve", Of(Open(AlertState.Firing, 600, seenAgo: 121), null, s_unknown));
    }

    [Fact]
    public void Figures_of_five_minutes_are_told_from_two_samples_of_each_process()
    {
        var window = new VitalWindow();
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        long[] Times(long fast, long slow) => [fast, .. new long[9], slow, 0, 0];
        ProcessVital Vital(Guid id, int second, long requests, long errors, long fast, long slow, long processed, long failed, long lines) => new(id, "api", "h", 1, true, s_now.AddSeconds(second),
            new VitalSample { Requests = requests, ServerErrors = errors, RequestTimes = Times(fast, slow), Processed = processed, Failed = failed, ErrorLines = lines });

        window.Add([Vital(one, 0, 1000, 500, 1000, 0, 10, 10, 7), Vital(one, 0, 1000, 500, 1000, 0, 10, 10, 7)], s_now);
        Assert.Null(window.Read());

        window.Add([Vital(one, 60, 1090, 510, 1080, 10, 100, 20, 27), Vital(two, 60, 5, 0, 5, 0, 1, 0, 0)], s_now.AddSeconds(60));
        var done = window.Read()!;
        Assert.Equal((10 / 90.0, 0.1, 20.0), (done.RequestErrors, done.ProcessingErrors, done.ErrorLines));
        Assert.InRange(done.RequestTime, 30, 60);
        Assert.Equal(double.NaN, done.ProcessingTime);

        // What lies further back counts no more, and a process that is gone is forgotten.
        window.Add([Vital(two, 300, 105, 0, 105, 0, 1, 0, 0)], s_now.AddSeconds(300));
        window.Add([Vital(two, 361, 105, 0, 105, 0, 1, 0, 0)], s_now.AddSeconds(361));
        Assert.Equal((0.0, double.NaN), (window.Read()!.RequestErrors, window.Read()!.ProcessingErrors));
    }

    [Fact]
    public void Every_rule_speaks_in_figures_that_people_read()
    {
        var look = new Look([new(AlertFigure.QueueSize, "", 1234), new(AlertFigure.DiskShare, "/data on a", 0.861), new(AlertFigure.Memory, "worker on a", 1.5e9), new(AlertFigure.ProcessingTime, "", 7.125), new(AlertFigure.Up, "api", 0)],
            new HashSet<AlertFigure>(), new Dictionary<string, string> { ["queue"] = "it broke" }, [new AlertFinding("ManyFailedSignIns", AlertSeverity.Warning, "Security", "", "11 in an hour.", "security-finding")]);

        var said = Judgement.Of(look, AlertCatalog.All).Select(h => $"{h.Name}: {h.Message}").ToList();

        Assert.Contains("EmailQueueBacklog: Queue size is high: 1,234.", said);
        Assert.Contains("DiskAlmostFull: The disk of /data on a is 86.1 % full.", said);
        Assert.Contains("HighMemoryUsage: worker on a holds 1,431 MB of memory.", said);
        Assert.Contains("SlowEmailProcessing: Slow processing: one message in twenty takes longer than 7.13 s.", said);
        Assert.Contains("ServiceDown: api does not answer.", said);
        Assert.Contains("MonitoringFailed: The monitor cannot look at queue: it broke", said);
        Assert.Contains("ManyFailedSignIns: 11 in an hour.", said);
        Assert.DoesNotContain(said, s => s.StartsWith("VerySlow", StringComparison.Ordinal));
    }
}
