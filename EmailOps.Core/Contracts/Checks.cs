namespace EmailOps.Core.Contracts;

/// <summary>Paths of what the installation finds out about itself; laws as in <see cref="Routes"/>.</summary>
public static class CheckRoutes
{
    /// <summary>GET -> CheckReport: every dependency and setting, asked now; mail servers are really contacted. The same as <c>emailops doctor</c>.</summary>
    public const string All = "/admin/checks";
}

/// <summary>How a check came out.</summary>
public enum CheckState
{
    Ok,
    /// <summary>It has no meaning here (not configured), or what it needs is away.</summary>
    Skipped,
    /// <summary>The installation works; somebody should look.</summary>
    Warning,
    Failed,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Area">What it belongs to: settings, state, database, redis, models, mailboxes, ...</param>
/// <param name="Fix">What to do, when it is a warning or a failure.</param>
public sealed record CheckView(string Area, string Name, CheckState State, string Detail, string? Fix = null);

/// <summary>All of them.</summary>
/// <param name="State">The worst.</param>
public sealed record CheckReport(CheckState State, DateTimeOffset At, IReadOnlyList<CheckView> Checks)
{
    /// <summary>Of the checks made.</summary>
    public static CheckReport Of(DateTimeOffset at, IReadOnlyList<CheckView> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return new CheckReport(checks.Select(c => c.State).Where(s => s >= CheckState.Warning).DefaultIfEmpty(CheckState.Ok).Max(), at, checks);
    }
}
