namespace EmailOps.Core.Contracts;

/// <summary>How the mail of the last week differs from the four weeks before, and how triage does on it.</summary>
/// <param name="Reference">Messages of the four weeks that were looked at.</param>
/// <param name="Current">Messages of the last week that were looked at.</param>
/// <param name="Warnings">What a person should look at, one sentence each; empty: nothing.</param>
public sealed record DriftView(long MailboxId, DateTimeOffset At, int Reference, int Current, IReadOnlyList<DriftFeature> Features, DriftRate OutOfScope, DriftRate Corrected, IReadOnlyList<string> Warnings);

/// <param name="Name">category, language, length, words, confidence.</param>
/// <param name="Index">Population stability index; from 0.25 a shift is called significant.</param>
/// <param name="Chance">What chance alone reaches once in a hundred times with so few messages.</param>
public sealed record DriftFeature(string Name, double Index, double Chance, bool IsDrifting);

/// <param name="Reference">Share in the four weeks before, 0-1.</param>
/// <param name="Current">Share in the last week, 0-1.</param>
public sealed record DriftRate(double Reference, double Current, bool IsDrifting);
