using EmailOps.Core.Contracts;

namespace EmailOps.Core.Alerts;

/// <summary>Something that holds now.</summary>
internal sealed record AlertHeld(string Name, string Subject, AlertSeverity Severity, string Component, string Page, string Message, TimeSpan For, IReadOnlyDictionary<string, string> Details);

/// <summary>An alert that is not over, as it is stored.</summary>
internal sealed record OpenAlert(long Id, string Name, string Subject, AlertState State, DateTimeOffset BeganAt, DateTimeOffset SeenAt);

/// <summary>What becomes of one look: rows to begin, to go on with, to fire, to end.</summary>
internal sealed record AlertChanges(IReadOnlyList<AlertHeld> Begin, IReadOnlyList<(OpenAlert Open, AlertHeld Held, bool Restarts)> GoOn, IReadOnlyList<(OpenAlert Open, AlertHeld Held)> Fire, IReadOnlyList<OpenAlert> Resolve, IReadOnlyList<OpenAlert> Drop);

/// <summary>The step from one look to the next; pure.</summary>
internal static class AlertStep
{
    /// <summary>Longer without a look, and nobody knows whether what is pending held all the time.</summary>
    private static readonly TimeSpan s_blind = TimeSpan.FromMinutes(1);
    /// <summary>What cannot be measured any more (a process that is gone, a monitor that has just started) stays as it was for so long.</summary>
    private static readonly TimeSpan s_unknown = TimeSpan.FromMinutes(2);

    /// <param name="unknown">Names of rules whose figure could not be measured at this look.</param>
    /// <param name="lastLook">When a look last came to its end; null: never.</param>
    public static AlertChanges Of(IReadOnlyList<OpenAlert> open, IReadOnlyList<AlertHeld> held, IReadOnlySet<string> unknown, DateTimeOffset now, DateTimeOffset? lastLook)
    {
        var wasBlind = lastLook is not { } last || now - last > s_blind;
        var known = open.ToDictionary(o => (o.Name, o.Subject));
        var holds = held.DistinctBy(h => (h.Name, h.Subject)).ToDictionary(h => (h.Name, h.Subject));
        var begin = new List<AlertHeld>();
        var goOn = new List<(OpenAlert, AlertHeld, bool)>();
        var fire = new List<(OpenAlert, AlertHeld)>();
        foreach (var each in holds.Values)
        {
            if (!known.TryGetValue((each.Name, each.Subject), out var row)) begin.Add(each);
            else if (row.State == AlertState.Pending && wasBlind) goOn.Add((row, each, true));
            else if (row.State == AlertState.Pending && now - row.BeganAt >= each.For) fire.Add((row, each));
            else goOn.Add((row, each, false));
        }
        var over = open.Where(o => !holds.ContainsKey((o.Name, o.Subject)) && !(unknown.Contains(o.Name) && (wasBlind || now - o.SeenAt < s_unknown))).ToList();
        return new AlertChanges(begin, goOn, fire, [.. over.Where(o => o.State == AlertState.Firing)], [.. over.Where(o => o.State == AlertState.Pending)]);
    }
}
