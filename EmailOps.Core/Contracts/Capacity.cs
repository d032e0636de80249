using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>How much is used, where it goes, and what to do about it. Names are those of the runbooks.</summary>
/// <param name="Daily">Messages decided each whole day of the period (UTC), oldest first.</param>
public sealed record CapacityReport(
    [property: JsonPropertyName("analysis_period")] AnalysisPeriod Period,
    [property: JsonPropertyName("email_volume")] EmailVolume Volume,
    [property: JsonPropertyName("resource_usage")] ResourceUsage Resources,
    IReadOnlyList<CapacityAdvice> Recommendations,
    IReadOnlyList<DailyVolume> Daily);

/// <param name="Measured">Whole days with messages before or on them: what the figures rest on.</param>
public sealed record AnalysisPeriod(DateTimeOffset Start, DateTimeOffset End, int Days, int Measured);

public sealed record DailyVolume(DateOnly Day, long Messages);

/// <param name="DailyAverage">Messages a day.</param>
/// <param name="GrowthRate">Of the second half of the days over the first, 0.2: a fifth more; null with fewer than six days.</param>
/// <param name="PeakDay">The busiest day; null without any.</param>
/// <param name="Projected">Messages a day in 30 days if it goes on like this; null with fewer than six days.</param>
public sealed record EmailVolume(
    [property: JsonPropertyName("current_daily_average")] double DailyAverage,
    [property: JsonPropertyName("growth_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? GrowthRate,
    [property: JsonPropertyName("peak_daily_volume")] long Peak,
    [property: JsonPropertyName("peak_day")] DateOnly? PeakDay,
    [property: JsonPropertyName("projected_volume"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Projected);

public sealed record ResourceUsage(ResourceTrend Cpu, ResourceTrend Memory, StorageTrend Storage);

/// <summary>Per cent; null without a sample.</summary>
/// <param name="Trend">Percentage points a day; null with samples of fewer than three days.</param>
public sealed record ResourceTrend(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Average,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Peak,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Trend);

/// <param name="Used">Bytes on the disk with the state folder.</param>
/// <param name="Database">Bytes of the database.</param>
/// <param name="GrowthRate">Bytes a day; null with samples of fewer than three days.</param>
/// <param name="ProjectedFull">Days until the disk is full; null: not in sight.</param>
public sealed record StorageTrend(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Used,
    long? Size,
    long? Database,
    [property: JsonPropertyName("growth_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? GrowthRate,
    [property: JsonPropertyName("projected_full"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? ProjectedFull,
    [property: JsonPropertyName("projected_full_date")] DateOnly? ProjectedFullDate);

/// <param name="Type">scaling, cpu, memory, storage.</param>
/// <param name="Priority">medium, high.</param>
/// <param name="Details">The figures behind it, for people.</param>
public sealed record CapacityAdvice(string Type, string Priority, string Description, string Action, IReadOnlyDictionary<string, string> Details);
