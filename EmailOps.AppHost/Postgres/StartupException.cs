namespace EmailOps.AppHost.Postgres;

/// <summary>A start that cannot go on, in words for the person who started it: what happened, then what to do.</summary>
public sealed class StartupException(string problem, string fix, Exception? cause = null) : Exception($"{problem} {fix}", cause)
{
    /// <summary>One sentence.</summary>
    public string Problem { get; } = problem;

    /// <summary>What to do next; names the key, folder or package concerned.</summary>
    public string Fix { get; } = fix;
}
