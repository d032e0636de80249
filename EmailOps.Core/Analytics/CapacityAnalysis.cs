using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Analytics;

/// <summary>What the samples of one day say; averages but where it is said otherwise.</summary>
/// <param name="DiskUsed">Bytes, the last of the day.</param>
internal sealed record ResourceDay(DateOnly Day, double Cpu, double CpuPeak, double Memory, double MemoryPeak, long? DiskUsed, long? DiskSize, long? Database);

/// <summary>Reads trends off daily figures and says what to do. Pure: figures in, report out.</summary>
internal static class CapacityAnalysis
{
    private const int LeastDays = 6, LeastSampled = 3, Ahead = 30;
    private const double FastGrowth = 0.2, BusyCpu = 70, FullMemory = 80, FullSoon = 90;
    /// <summary>What comes later than this is no forecast.</summary>
    private const double Sight = 3650;

    /// <param name="volumes">Whole days without a gap, oldest first; days before the first message are left out.</param>
    public static CapacityReport Of(DateTimeOffset start, DateTimeOffset end, int days, IReadOnlyList<DailyVolume> volumes, IReadOnlyList<ResourceDay> samples)
    {
        var volume = VolumeOf(volumes);
        var cpu = Trend(samples, s => s.Cpu, s => s.CpuPeak);
        var memory = Trend(samples, s => s.Memory, s => s.MemoryPeak);
        var storage = StorageOf(samples, DateOnly.FromDateTime(end.UtcDateTime));
        return new CapacityReport(new AnalysisPeriod(start, end, days, volumes.Count), volume, new ResourceUsage(cpu, memory, storage), [.. Advice(volume, cpu, memory, storage)], volumes);
    }

    private static EmailVolume VolumeOf(IReadOnlyList<DailyVolume> days)
    {
        var counts = days.Select(d => (double)d.Messages).ToArray();
        var peak = days.OrderByDescending(d => d.Messages).FirstOrDefault();
        var average = counts.Length == 0 ? 0 : counts.Average();
        if (counts.Length < LeastDays) return new EmailVolume(Math.Round(average, 1), null, peak?.Messages ?? 0, peak?.Day, null);
        // Whole weeks are compared where there are enough of them: a half that has one weekend more says nothing about growth.
        var half = counts.Length >= 14 ? counts.Length / 14 * 7 : counts.Length / 2;
        var (before, after) = (counts[^(2 * half)..^half].Average(), counts[^half..].Average());
        double? growth = before > 0 ? Math.Round(after / before - 1, 6) : null;
        // A level of the last week, so that the weekday of today does not decide.
        var level = counts[^Math.Min(7, counts.Length)..].Average();
        return new EmailVolume(Math.Round(average, 1), growth, peak!.Messages, peak.Day, Math.Round(Math.Max(0, level + Slope(counts) * Ahead), 1));
    }

    private static ResourceTrend Trend(IReadOnlyList<ResourceDay> samples, Func<ResourceDay, double> of, Func<ResourceDay, double> peak) => samples.Count == 0
        ? new ResourceTrend(null, null, null)
        : new ResourceTrend(Math.Round(samples.Average(of), 1), Math.Round(samples.Max(peak), 1), samples.Count < LeastSampled ? null : Math.Round(Slope([.. samples.Select(of)]), 3));

    private static StorageTrend StorageOf(IReadOnlyList<ResourceDay> samples, DateOnly today)
    {
        var known = samples.Where(s => s is { DiskUsed: not null, DiskSize: not null }).ToArray();
        var database = samples.LastOrDefault(s => s.Database is not null)?.Database;
        if (known.Length == 0) return new StorageTrend(null, null, database, null, null, null);
        var last = known[^1];
        if (known.Length < LeastSampled) return new StorageTrend(last.DiskUsed, last.DiskSize, database, null, null, null);
        var growth = Slope([.. known.Select(s => (double)s.DiskUsed!.Value)]);
        var left = growth > 0 ? (last.DiskSize!.Value - last.DiskUsed!.Value) / growth : double.PositiveInfinity;
        return new StorageTrend(last.DiskUsed, last.DiskSize, database, Math.Round(growth), left > Sight ? null : Math.Round(left, 1), left > Sight ? null : today.AddDays((int)left));
    }

    /// <summary>
    /// Change a day: the median of the slopes between all pairs of days (Theil and Sen), which a few wild days do not bend. At most 366 days are asked for, hence 67,000 pairs.
    /// </summary>
    public static double Slope(IReadOnlyList<double> values)
    {
        List<double> slopes = [];
        for (var i = 0; i < values.Count; i++)
            for (var j = i + 1; j < values.Count; j++) slopes.Add((values[j] - values[i]) / (j - i));
        if (slopes.Count == 0) return 0;
        slopes.Sort();
        var middle = slopes.Count / 2;
        return slopes.Count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
    }

    private static IEnumerable<CapacityAdvice> Advice(EmailVolume volume, ResourceTrend cpu, ResourceTrend memory, StorageTrend storage)
    {
        if (volume.GrowthRate > FastGrowth)
            yield return New("scaling", "medium", "Email volume growing rapidly", "Consider increasing processing capacity", ("current_growth", $"{volume.GrowthRate:P1}"),
                ("recommended_action", $"Add worker processes, or raise WORKERS and BATCH_SIZE where processors are idle"));
        if (cpu.Average > BusyCpu)
            yield return New("cpu", "high", "High CPU utilization", "Scale up CPU resources", ("current_avg", $"{cpu.Average:0.#}%"), ("recommended_action", $"Give it more cores, or run workers on further machines"));
        if (memory.Average > FullMemory)
            yield return New("memory", "high", "High memory utilization", "Increase memory allocation", ("current_avg", $"{memory.Average:0.#}%"), ("recommended_action", $"Add memory, lower WORKERS or the size of the language model"));
        if (storage.ProjectedFull < FullSoon)
            yield return New("storage", "medium", "Storage will be full soon", "Plan storage expansion", ("projected_full_days", $"{storage.ProjectedFull:0.#}"), ("recommended_action", $"Archive old mail (retention), or add storage"));
    }

    private static CapacityAdvice New(string type, string priority, string description, string action, params (string Name, FormattableString Value)[] details)
        => new(type, priority, description, action, details.ToDictionary(d => d.Name, d => d.Value.ToString(CultureInfo.InvariantCulture)));
}
