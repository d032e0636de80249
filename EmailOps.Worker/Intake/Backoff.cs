namespace EmailOps.Worker.Intake;

/// <summary>How long to wait before the next attempt: twice as long each time, with jitter, so that many mailboxes do not come back as one.</summary>
internal sealed class Backoff(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    /// <summary>Asking often with a password that is refused locks accounts.</summary>
    private static readonly TimeSpan FirstRefused = TimeSpan.FromSeconds(30);

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    public void Reset() => Failures = 0;

    /// <param name="isRefused">The server does not take the credentials.</param>
    /// <param name="least">What the server asked for; null when nothing.</param>
    public TimeSpan Next(bool isRefused, TimeSpan? least = null)
    {
        var pause = (isRefused ? FirstRefused : First) * Math.Pow(2, Math.Min(Failures++, 20));
        if (pause > longest) pause = longest;
        pause *= 0.75 + Random.Shared.NextDouble() * 0.5;
        return least > pause ? least.Value : pause;
    }
}
