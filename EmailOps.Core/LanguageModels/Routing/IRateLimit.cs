namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>How often a provider may be asked, shared by all processes where there is a store for it.</summary>
internal interface IRateLimit
{
    /// <summary>Takes one permit of a bucket, or none.</summary>
    /// <returns>Zero when it was taken; else how long until there is one again.</returns>
    Task<TimeSpan> TakeAsync(string bucket, Rate rate, CancellationToken cancel);
}

/// <summary>A bucket that starts full and fills evenly.</summary>
/// <param name="PerMinute">Permits that flow in, above 0.</param>
/// <param name="Burst">Permits it holds, from 1 on: as many questions may come at once after a pause.</param>
internal readonly record struct Rate(double PerMinute, int Burst)
{
    /// <summary>A tenth of a minute's permits at once: over no minute more than a tenth beyond the limit.</summary>
    public static Rate OfMinute(int permits) => new(permits, Math.Max(1, permits / 10));

    public TimeSpan Each => TimeSpan.FromMinutes(1 / PerMinute);
}
