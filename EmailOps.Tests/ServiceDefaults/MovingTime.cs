namespace EmailOps.Tests.ServiceDefaults;

/// <summary>A clock, with its stopwatch, that moves when the test says so.</summary>
internal sealed class MovingTime : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
