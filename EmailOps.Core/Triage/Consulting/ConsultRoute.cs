using EmailOps.Core.Work;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>Where a message goes after the built-in model.</summary>
/// <param name="Missed">Why it is not asked about although the rules want it: it goes on at once and is judged again later. Null: it is asked about, or needs not be.</param>
internal sealed record ConsultRoute(Stage Next, string? Missed = null);
