using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EmailOps.Core.Telemetry;

/// <summary>EmailOps' own traces and metrics. Names follow OpenTelemetry; the Prometheus text has them with underscores.</summary>
internal static class EmailOpsTelemetry
{
    public const string Name = "EmailOps";

    public static ActivitySource Source { get; } = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Items = Meter.CreateCounter<long>("emailops.stage.items", "{item}", "Work items a stage finished, by outcome");
    private static readonly Histogram<double> Batches = Meter.CreateHistogram<double>("emailops.stage.batch.duration", "s", "Seconds one claimed batch took");
    private static readonly Counter<long> Offered = Meter.CreateCounter<long>("emailops.intake.messages", "{message}", "Mails offered to intake, by outcome");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("emailops.delivery.attempts", "{attempt}", "Replies handed to a server, by result");
    private static readonly Histogram<double> Triage = Meter.CreateHistogram<double>("emailops.triage.duration", "s", "Seconds triage of one message took, all agents");

    private static readonly Counter<long> Consulted = Meter.CreateCounter<long>("emailops.consult.messages", "{message}", "Messages judged, by what the language model had to do with it");
    private static readonly Histogram<double> Consulting = Meter.CreateHistogram<double>("emailops.consult.duration", "s", "Seconds of asking language models about one message, all questions");

    private static readonly Histogram<double> Processing = Meter.CreateHistogram<double>("emailops.processing.duration", "s", "Seconds of one message: in a component alone, and total from stored to decided, waiting included");
    private static readonly Counter<long> Processed = Meter.CreateCounter<long>("emailops.messages.processed", "{message}", "Messages decided for the first time (success), and attempts at deciding one that failed (failure)");

    /// <summary>What was decided for the first time, by the time it had been stored for.</summary>
    public static void Decided(IEnumerable<TimeSpan> sinceStored)
    {
        foreach (var time in sinceStored)
        {
            Processing.Record(Math.Max(0, time.TotalSeconds), new KeyValuePair<string, object?>("component", "total"));
            Processed.Add(1, new KeyValuePair<string, object?>("status", "success"));
        }
    }

    /// <summary>Attempts at messages that failed on their way to a decision.</summary>
    public static void NotDecided(int count)
    {
        if (count > 0) Processed.Add(count, new KeyValuePair<string, object?>("status", "failure"));
    }

    private static readonly Counter<long> Jobs = Meter.CreateCounter<long>("emailops.job.runs", "{run}", "Runs of the schedule's jobs, by outcome");
    private static readonly Histogram<double> JobTimes = Meter.CreateHistogram<double>("emailops.job.duration", "s", "Seconds one run of a job took");

    public static void JobDone(string job, string outcome, TimeSpan took)
    {
        Jobs.Add(1, new("job", job), new("outcome", outcome));
        JobTimes.Record(took.TotalSeconds, new KeyValuePair<string, object?>("job", job));
    }

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>("emailops.api.refused", "{request}", "Requests the Api refused: without a valid key (401), by role or scope (403), or because there were too many (429)");

    public static void Refused(int status) => RefusedRequests.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <param name="outcome">not-needed, asked (queued for it), answered, degraded, person-faster.</param>
    public static void Consultation(string outcome, int count)
    {
        if (count > 0) Consulted.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public static void ConsultationTook(TimeSpan took) => Consulting.Record(took.TotalSeconds);

    public static void StageDone(string stage, int done, int failed, TimeSpan took)
    {
        if (done > 0) Items.Add(done, new("stage", stage), new("outcome", "done"));
        if (failed > 0) Items.Add(failed, new("stage", stage), new("outcome", "failed"));
        Batches.Record(took.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
        // Of a batch each has its share: one by one is how people compare components.
        for (var item = 0; item < done + failed; item++) Processing.Record(took.TotalSeconds / (done + failed), new KeyValuePair<string, object?>("component", stage.ToLowerInvariant()));
    }

    public static void Sent(string result) => Attempts.Add(1, new KeyValuePair<string, object?>("result", result));

    public static void Intake(string outcome, int count)
    {
        if (count > 0) Offered.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public static void Triaged(TimeSpan took) => Triage.Record(took.TotalSeconds);

    /// <summary>The same for shares and indexes.</summary>
    public static void Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<double>>> read) => Meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Publishes a figure that is read when somebody asks; the callback must be cheap.</summary>
    public static void Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) => Meter.CreateObservableGauge(name, read, unit, description);
}
