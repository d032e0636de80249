namespace EmailOps.Benchmarks.Chaos;

/// <summary>How much chaos.</summary>
/// <param name="Kills">At named moments, all of them in turn, and every seventh at a random time.</param>
/// <param name="Messages">Delivered between the kills.</param>
/// <param name="Scenarios">The failures of servers too.</param>
/// <param name="Workers">More than one: killed at any time, with -9 and SIGTERM, while PostgreSQL is restarted too.</param>
/// <param name="SkewSeconds">Between the clocks of several workers and the machine's, at most, in both directions.</param>
internal sealed record ChaosOptions(int Kills, int Messages, int Seed, bool Scenarios, Action<string> Say, int Workers = 1, double SkewSeconds = 0)
{
    public int Mailboxes => Workers == 1 ? 1 : 3;

    /// <summary>Spread evenly, from the slowest clock to the fastest.</summary>
    public TimeSpan SkewOf(int worker) => Workers == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Round(SkewSeconds * (2.0 * worker / (Workers - 1) - 1), 3));
}

/// <summary>One kill.</summary>
/// <param name="Where">The moment, or "random time".</param>
/// <param name="AfterSeconds">From the worker's start to its end.</param>
internal sealed record Kill(string Where, bool Reached, double AfterSeconds);

/// <summary>What happened, and whether the proof holds after it.</summary>
internal sealed record ChaosPart(string Name, string Told, IReadOnlyList<string> NotAtRest, IReadOnlyList<ProofLine> Proof)
{
    public bool Holds => NotAtRest.Count == 0 && Proof.All(line => line.Holds);
}

internal sealed record ChaosResult(ChaosOptions Options, IReadOnlyList<Kill> Kills, IReadOnlyList<ChaosPart> Parts, int Delivered, int Distinct, double Seconds)
{
    public bool Holds => Parts.All(part => part.Holds);
}
