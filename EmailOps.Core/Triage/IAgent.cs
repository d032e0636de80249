namespace EmailOps.Core.Triage;

/// <summary>One step of triage. Agents look and add findings; none may send, write or escalate. Thread-safe: all state is in the context.</summary>
internal interface IAgent
{
    /// <summary>Stable kebab-case name.</summary>
    string Name { get; }

    /// <summary>Null when it should run, else why not, as a sentence.</summary>
    string? SkipReason(TriageContext context);

    /// <returns>What it found, in one sentence.</returns>
    string Run(TriageContext context);
}
