namespace EmailOps.Core.Telemetry;

/// <summary>What a process says of itself at one moment. Counts are since its start, so two samples tell what happened between them.</summary>
internal sealed record VitalSample
{
    /// <summary>Upper bounds in seconds of both histograms; one more bucket follows.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 30, 60, 300];

    /// <summary>Share of all processors.</summary>
    public double Processor { get; init; }
    public long Memory { get; init; }
    public long MemoryLimit { get; init; }
    /// <summary>Used share of the disk of a folder.</summary>
    public IReadOnlyDictionary<string, double> Disks { get; init; } = new Dictionary<string, double>();
    /// <summary>What a check of /health said last, by "service check".</summary>
    public IReadOnlyDictionary<string, double> Health { get; init; } = new Dictionary<string, double>();
    public long Processed { get; init; }
    public long Failed { get; init; }
    public long ErrorLines { get; init; }
    public long Requests { get; init; }
    public long ServerErrors { get; init; }
    public long[] RequestTimes { get; init; } = new long[Bounds.Count + 1];
    /// <summary>From stored to decided.</summary>
    public long[] ProcessingTimes { get; init; } = new long[Bounds.Count + 1];
}
