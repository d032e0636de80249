using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data;

/// <summary>What the reading of a mailbox means for people: what is wrong, since when, what to do. A pure judgement over what <see cref="ReadingStore"/> read.</summary>
internal static class IntakeHealth
{
    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string Unhealthy = "unhealthy";
    /// <summary>A loop that was given back at a restart may be taken again within this time before anybody need know.</summary>
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(60);
    /// <summary>Failures in a row that a restarting server explains.</summary>
    private const int Passing = 3;

    public static ComponentHealth Of(ReadingState state)
    {
        var reading = state.Reading;
        if (!state.IsHeld)
        {
            return state.HeldUntil is { } until && state.Now - until <= HandOver
                ? new ComponentHealth(Degraded, $"Its worker stopped at {Time(until)}; another takes over in a moment.")
                : new ComponentHealth(Unhealthy, $"No worker reads it{(state.HeldUntil is { } last ? $" since {Time(last)}" : "")}. Start a worker, or look in its log why it does not.");
        }
        if (reading.State == LoopState.BackingOff)
        {
            var next = reading.NextTryAt is { } at ? $" Next attempt at {Time(at)}." : "";
            return new ComponentHealth(reading.Failures > Passing || reading.HeardAt is null ? Unhealthy : Degraded, $"{reading.Problem} {Failures(reading)}{next}".Trim());
        }
        if (reading.SilentTooLong)
            return new ComponentHealth(Unhealthy, $"The server has said nothing since {Since(reading)}. Mail that arrives now may not be seen. Check the server and the network; the worker keeps trying.");
        if (reading.Diverted is { } diverted)
            return new ComponentHealth(Degraded, $"Read by its fallback {reading.Provider}; the server was last heard at {Since(reading)}. {diverted}");
        if (reading.Folders.FirstOrDefault(f => f.Problem is not null) is { } broken)
            return new ComponentHealth(Degraded, $"Folder {broken.Name}: {broken.Problem}");
        if (reading.Folders.Where(f => f.Gap > 0).ToArray() is { Length: > 0 } gaps)
            return new ComponentHealth(Degraded, $"{gaps.Sum(g => g.Gap)} mails on the server are not in the ledger ({string.Join(", ", gaps.Select(g => g.Name))}). Run: emailops reconcile {state.Address} --wait");
        var read = reading.State is LoopState.CatchingUp ? "Catching up" : reading.State is LoopState.Watching ? "Watching" : "Connecting";
        return new ComponentHealth(Healthy, $"{read}; the server was last heard at {Since(reading)}.{(reading.Problem is { } note ? " " + note : "")}");
    }

    private static string Failures(MailboxReading reading)
        => $"{reading.Failures} failure{(reading.Failures == 1 ? "" : "s")} in a row{(reading.HeardAt is { } heard ? $", last heard at {Time(heard)}" : ", never reached")}.";

    private static string Since(MailboxReading reading) => (reading.HeardAt ?? reading.ConnectedAt) is { } at ? Time(at) : "the start";
    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
