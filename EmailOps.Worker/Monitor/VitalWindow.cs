using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Telemetry;
using EmailOps.ServiceDefaults.Prometheus;

namespace EmailOps.Worker.Monitor;

/// <summary>What all processes did in the last five minutes, from samples whose counts only grow.</summary>
internal sealed class VitalWindow
{
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);
    private readonly Dictionary<Guid, List<(DateTimeOffset At, VitalSample Sample)>> _samples = [];

    /// <summary>Takes in what processes said last. Roles of one process say the same.</summary>
    public void Add(IEnumerable<ProcessVital> vitals, DateTimeOffset now)
    {
        foreach (var vital in vitals.DistinctBy(v => v.Id))
        {
            if (!_samples.TryGetValue(vital.Id, out var past)) _samples.Add(vital.Id, past = []);
            if (past.Count == 0 || past[^1].At < vital.HeardAt) past.Add((vital.HeardAt, vital.Sample));
        }
        foreach (var (id, past) in _samples)
        {
            // The newest that is older than the window is where the window begins.
            while (past.Count > 1 && past[1].At <= now - s_length) past.RemoveAt(0);
            if (past[^1].At < now - s_length) _samples.Remove(id);
        }
    }

    /// <summary>Null until two samples of a process are there.</summary>
    public Done? Read()
    {
        var known = _samples.Values.Where(p => p.Count > 1).ToList();
        if (known.Count == 0) return null;
        var requests = Buckets(known, s => s.RequestTimes);
        var processing = Buckets(known, s => s.ProcessingTimes);
        return new Done(
            Share(Sum(known, s => s.ServerErrors), Sum(known, s => s.Requests)), BucketQuantile.Of(0.95, VitalSample.Bounds, requests),
            Share(Sum(known, s => s.Failed), Sum(known, s => s.Failed + s.Processed)), BucketQuantile.Of(0.95, VitalSample.Bounds, processing),
            known.Sum(p => (p[^1].Sample.ErrorLines - p[0].Sample.ErrorLines) / (p[^1].At - p[0].At).TotalMinutes));
    }

    private static long Sum(List<List<(DateTimeOffset At, VitalSample Sample)>> known, Func<VitalSample, long> of) => known.Sum(p => of(p[^1].Sample) - of(p[0].Sample));

    private static long[] Buckets(List<List<(DateTimeOffset At, VitalSample Sample)>> known, Func<VitalSample, long[]> of)
        => [.. Enumerable.Range(0, VitalSample.Bounds.Count + 1).Select(at => known.Sum(p => of(p[^1].Sample).ElementAtOrDefault(at) - of(p[0].Sample).ElementAtOrDefault(at)))];

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}

/// <summary>NaN: nothing happened that it could be told from.</summary>
/// <param name="ErrorLines">A minute.</param>
internal sealed record Done(double RequestErrors, double RequestTime, double ProcessingErrors, double ProcessingTime, double ErrorLines);
