namespace EmailOps.Core.Telemetry;

/// <summary>Requests since the start of this process, for samples: how many, how many failed, how long they took.</summary>
internal sealed class RequestTally
{
    private readonly Lock _turn = new();
    private long _requests, _failures;
    private double _seconds;

    public void Count(bool failed, TimeSpan took)
    {
        lock (_turn)
        {
            _requests++;
            if (failed) _failures++;
            _seconds += took.TotalSeconds;
        }
    }

    /// <returns>What was counted since the last time.</returns>
    public (int Requests, int Failures, double Seconds) Take()
    {
        lock (_turn)
        {
            var taken = ((int)Math.Min(_requests, int.MaxValue), (int)Math.Min(_failures, int.MaxValue), _seconds);
            (_requests, _failures, _seconds) = (0, 0, 0);
            return taken;
        }
    }
}
